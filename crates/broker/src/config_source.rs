//! Where a setting's value comes from, as Kafka's admin clients number it.

/// Set on the topic itself.
const TOPIC: i8 = 1;
/// Set on the group itself.
pub(crate) const GROUP: i8 = 8;
/// The broker's default, as the broker was started.
pub(crate) const STATIC_BROKER: i8 = 4;
/// The default that is built in.
pub(crate) const DEFAULT: i8 = 5;

/// The source of a topic's setting.
pub(crate) fn of(is_default: bool) -> i8 {
    if is_default { DEFAULT } else { TOPIC }
}
