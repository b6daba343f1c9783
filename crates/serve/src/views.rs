//! The served tables of a platform, by name.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use yeoul_base::{Clock, JobName};
use yeoul_engine::connections::ConnectError;
use yeoul_engine::plan::ViewSpec;
use yeoul_engine::sink::Sink;

use crate::view::View;
use crate::view_sink::ViewSink;

/// The registry of served tables. Cheap to clone; all clones are one registry.
#[derive(Clone)]
pub struct Views {
    views: Arc<RwLock<BTreeMap<String, Arc<View>>>>,
    clock: Arc<dyn Clock>,
}

impl Views {
    /// An empty registry.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Views {
        Views { views: Arc::default(), clock }
    }

    /// A sink that maintains a served table for a job. A job that starts again takes over the table that it served, whose
    /// readers keep seeing the last rows meanwhile.
    ///
    /// # Errors
    /// Another job serves a table of that name, or a column's type can't be served.
    pub fn sink(&self, job: &JobName, spec: &ViewSpec) -> Result<Box<dyn Sink>, ConnectError> {
        let view = self.take_over(job, spec)?;
        Ok(Box::new(ViewSink::new(view, self.clock.clone())))
    }

    fn take_over(&self, job: &JobName, spec: &ViewSpec) -> Result<Arc<View>, ConnectError> {
        let refused = |reason: String| ConnectError { table: spec.name.clone(), reason };
        let mut views = self.views.write().unwrap_or_else(PoisonError::into_inner);
        match views.get(&spec.name) {
            Some(view) if view.job != *job => {
                Err(refused(format!("job `{}` serves a view of that name; give one of them another", view.job)))
            }
            Some(view) if view.spec.schema == spec.schema && view.spec.key == spec.key => Ok(view.clone()),
            _ => {
                let view = View::new(job.clone(), spec.clone());
                let view = Arc::new(view.map_err(|error| refused(format!("it can't be served: {error}")))?);
                views.insert(spec.name.clone(), view.clone());
                Ok(view)
            }
        }
    }

    /// Serves a view no longer, as when its job is dropped; whether there was one.
    pub fn remove(&self, name: &str) -> bool {
        self.views.write().unwrap_or_else(PoisonError::into_inner).remove(name).is_some()
    }

    /// The names of all views, in order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.views.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<View>> {
        self.views.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<View>> {
        self.views.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}
