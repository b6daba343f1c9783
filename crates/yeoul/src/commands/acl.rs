//! `yeoul acl`: access rules, with the words of Kafka's `kafka-acls.sh`.

use clap::Subcommand;
use serde_json::{Value, json};
use yeoul_broker::client::Client;
use yeoul_broker::{Acl, AclFilter, NamePattern, Operation, Pattern, Permission, Principal, Resource};

use super::client_runtime;
use super::target::KafkaTarget;
use crate::fault::{Fault, OrUsage};
use crate::output::table;

/// The name or host that means all.
const ANY: &str = "*";
/// The name of the one cluster.
const CLUSTER: &str = "kafka-cluster";

/// Adds, lists and deletes access rules, with the words of kafka-acls.sh
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  yeoul acl add --allow-principal User:alice --operation Read --topic landing. --resource-pattern-type prefixed"
)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Adds rules: one for each principal, host, operation and resource
    Add {
        #[command(flatten)]
        target: KafkaTarget,
        #[command(flatten)]
        resources: Resources,
        #[command(flatten)]
        who: Who,
        /// What for: Read, Write, Create, Delete, Alter, Describe, …; may be repeated [default: All]
        #[arg(long = "operation", value_name = "OPERATION", value_parser = operation)]
        operations: Vec<Operation>,
        /// What producers need: Write, Describe and Create on the topics, Write and Describe on the transactional ids
        #[arg(long, conflicts_with = "operations")]
        producer: bool,
        /// What consumers need: Read and Describe on the topics, Read on the groups
        #[arg(long, conflicts_with = "operations")]
        consumer: bool,
    },
    /// Lists rules
    List {
        #[command(flatten)]
        target: KafkaTarget,
        #[command(flatten)]
        filter: Filter,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Deletes the rules that fit everything that is given
    Delete {
        #[command(flatten)]
        target: KafkaTarget,
        #[command(flatten)]
        filter: Filter,
        /// Delete all rules, if nothing else is given
        #[arg(long)]
        all: bool,
    },
    /// Prints what each request needs (Markdown)
    Rights,
}

/// What rules are about.
#[derive(Debug, Default, clap::Args)]
struct Resources {
    /// A topic; `*` means all; may be repeated
    #[arg(long = "topic", value_name = "NAME")]
    topics: Vec<String>,
    /// A consumer group; may be repeated
    #[arg(long = "group", value_name = "NAME")]
    groups: Vec<String>,
    /// A transactional id; may be repeated
    #[arg(long = "transactional-id", value_name = "NAME")]
    transactional_ids: Vec<String>,
    /// The cluster
    #[arg(long)]
    cluster: bool,
    /// How names are meant: `literal`, or `prefixed` for all that begin so [default: literal]
    #[arg(long, value_name = "PATTERN")]
    resource_pattern_type: Option<String>,
}

/// Whom rules concern.
#[derive(Debug, clap::Args)]
struct Who {
    /// Who may, as User:NAME; `User:*` means everybody; may be repeated
    #[arg(long = "allow-principal", value_name = "PRINCIPAL", value_parser = str::parse::<Principal>)]
    allowed: Vec<Principal>,
    /// Who may not; may be repeated
    #[arg(long = "deny-principal", value_name = "PRINCIPAL", value_parser = str::parse::<Principal>)]
    denied: Vec<Principal>,
    /// From where he may; may be repeated [default: everywhere]
    #[arg(long = "allow-host", value_name = "ADDRESS")]
    allowed_hosts: Vec<String>,
    /// From where he may not; may be repeated [default: everywhere]
    #[arg(long = "deny-host", value_name = "ADDRESS")]
    denied_hosts: Vec<String>,
}

/// Which rules.
#[derive(Debug, clap::Args)]
struct Filter {
    #[command(flatten)]
    resources: Resources,
    /// Those of this principal
    #[arg(long, value_name = "PRINCIPAL")]
    principal: Option<String>,
    /// Those for this operation
    #[arg(long, value_name = "OPERATION", value_parser = operation)]
    operation: Option<Operation>,
}

fn operation(text: &str) -> Result<Operation, String> {
    let known = || Operation::ALL.iter().map(|operation| operation.word()).collect::<Vec<_>>().join(", ");
    Operation::from_word(text).ok_or_else(|| format!("`{text}` is not an operation; known: {}", known()))
}

/// Does one of them.
///
/// # Errors
/// A door that doesn't answer or refuses.
pub fn run(args: Args) -> Result<(), Fault> {
    let runtime = client_runtime()?;
    runtime.block_on(async {
        match args.action {
            Action::Add { target, resources, who, operations, producer, consumer } => {
                let rules = match (producer, consumer) {
                    (false, false) => rules(&resources, &who, &operations)?,
                    _ => convenient(&resources, &who, producer, consumer)?,
                };
                connect(&target).await?.add_acls(&rules).await.or_usage()
            }
            Action::List { target, filter, json } => list(&mut connect(&target).await?, &filter.filters()?, json).await,
            Action::Delete { target, filter, all } => delete(&target, &filter, all).await,
            Action::Rights => crate::output::print_text(yeoul_broker::rights_table().trim_end()),
        }
    })
}

async fn connect(target: &KafkaTarget) -> Result<Client, Fault> {
    Client::connect(target.client_config()?).await.or_usage()
}

impl Resources {
    /// Kind and name of each.
    fn all(&self) -> Vec<(Resource, String)> {
        let of =
            |resource, names: &[String]| names.iter().map(move |name| (resource, name.clone())).collect::<Vec<_>>();
        let mut all = of(Resource::Topic, &self.topics);
        all.extend(of(Resource::Group, &self.groups));
        all.extend(of(Resource::TransactionalId, &self.transactional_ids));
        all.extend(self.cluster.then(|| (Resource::Cluster, CLUSTER.to_owned())));
        all
    }

    fn pattern(&self) -> Result<Pattern, Fault> {
        let Some(text) = &self.resource_pattern_type else { return Ok(Pattern::Literal) };
        let wrong = || Fault::usage(format!("`{text}` is not a pattern of a rule; write `literal` or `prefixed`"));
        Pattern::from_word(text).ok_or_else(wrong)
    }

    /// As `kafka-acls.sh` has it for lists: also `any` and `match`.
    fn name_pattern(&self) -> Result<NamePattern, Fault> {
        match self.resource_pattern_type.as_deref().map(str::to_ascii_lowercase).as_deref() {
            None | Some("any") => Ok(NamePattern::Any),
            Some("match") => Ok(NamePattern::Match),
            Some(_) => Ok(NamePattern::Only(self.pattern()?)),
        }
    }
}

impl Filter {
    /// A filter for each resource; one for all without any.
    fn filters(&self) -> Result<Vec<AclFilter>, Fault> {
        let filter = AclFilter {
            pattern: self.resources.name_pattern()?,
            principal: self.principal.clone(),
            operation: self.operation,
            ..AclFilter::default()
        };
        let all = self.resources.all();
        if all.is_empty() {
            return Ok(vec![filter]);
        }
        let about = |(resource, name)| AclFilter { resource: Some(resource), name: Some(name), ..filter.clone() };
        Ok(all.into_iter().map(about).collect())
    }

    fn is_empty(&self) -> bool {
        self.resources.all().is_empty() && self.principal.is_none() && self.operation.is_none()
    }
}

/// A rule for each combination.
fn rules(resources: &Resources, who: &Who, operations: &[Operation]) -> Result<Vec<Acl>, Fault> {
    let operations = if operations.is_empty() { &[Operation::All] } else { operations };
    let about = resources.all();
    if about.is_empty() {
        return Err(Fault::usage(
            "say what the rule is about: `--topic`, `--group`, `--transactional-id` or `--cluster`",
        ));
    }
    let mut rules = Vec::new();
    for (resource, name) in about {
        let pattern = if resource == Resource::Cluster { Pattern::Literal } else { resources.pattern()? };
        for &operation in operations {
            rules.extend(who.rules(resource, pattern, &name, operation));
        }
    }
    if rules.is_empty() {
        return Err(Fault::usage("say whom the rule concerns: `--allow-principal User:alice` or `--deny-principal`"));
    }
    rules.iter().try_for_each(Acl::check).map_err(Fault::usage)?;
    Ok(rules)
}

/// What producers or consumers need.
fn convenient(resources: &Resources, who: &Who, producer: bool, consumer: bool) -> Result<Vec<Acl>, Fault> {
    use Operation::{Create, Describe, Read, Write};
    let only = |kind: Resource| Resources {
        topics: if kind == Resource::Topic { resources.topics.clone() } else { Vec::new() },
        groups: if kind == Resource::Group { resources.groups.clone() } else { Vec::new() },
        transactional_ids: if kind == Resource::TransactionalId {
            resources.transactional_ids.clone()
        } else {
            Vec::new()
        },
        cluster: false,
        resource_pattern_type: resources.resource_pattern_type.clone(),
    };
    if consumer && (resources.topics.is_empty() || resources.groups.is_empty()) {
        return Err(Fault::usage("`--consumer` needs a `--topic` and a `--group`"));
    }
    if producer && resources.topics.is_empty() {
        return Err(Fault::usage("`--producer` needs a `--topic`"));
    }
    let mut all = Vec::new();
    if producer {
        all.extend(rules(&only(Resource::Topic), who, &[Write, Describe, Create])?);
        if !resources.transactional_ids.is_empty() {
            all.extend(rules(&only(Resource::TransactionalId), who, &[Write, Describe])?);
        }
    }
    if consumer {
        all.extend(rules(&only(Resource::Topic), who, &[Read, Describe])?);
        all.extend(rules(&only(Resource::Group), who, &[Read])?);
    }
    Ok(all)
}

impl Who {
    fn rules(&self, resource: Resource, pattern: Pattern, name: &str, operation: Operation) -> Vec<Acl> {
        let everywhere = [ANY.to_owned()];
        let hosts = |hosts: &[String]| if hosts.is_empty() { everywhere.to_vec() } else { hosts.to_vec() };
        let sides = [
            (Permission::Allow, &self.allowed, hosts(&self.allowed_hosts)),
            (Permission::Deny, &self.denied, hosts(&self.denied_hosts)),
        ];
        let mut rules = Vec::new();
        for (permission, principals, hosts) in sides {
            for principal in principals {
                rules.extend(hosts.iter().map(|host| Acl {
                    resource,
                    pattern,
                    name: name.to_owned(),
                    principal: principal.clone(),
                    host: host.clone(),
                    operation,
                    permission,
                }));
            }
        }
        rules
    }
}

async fn delete(target: &KafkaTarget, filter: &Filter, all: bool) -> Result<(), Fault> {
    if filter.is_empty() && !all {
        return Err(Fault::usage("this would delete all rules; say which, or `--all`"));
    }
    let removed = connect(target).await?.delete_acls(&filter.filters()?).await.or_usage()?;
    crate::output::print_text(&format!("{removed} deleted"))
}

async fn list(client: &mut Client, filters: &[AclFilter], as_json: bool) -> Result<(), Fault> {
    let mut rules = Vec::new();
    for filter in filters {
        rules.extend(client.acls(filter).await.or_usage()?);
    }
    rules.sort();
    rules.dedup();
    if as_json {
        let rules = rules.iter().map(|rule| {
            json!({
                "resource": rule.resource.word(), "name": rule.name, "pattern": rule.pattern.word(),
                "principal": rule.principal.to_string(), "host": rule.host,
                "operation": rule.operation.word(), "permission": rule.permission.word(),
            })
        });
        return crate::output::print_text(&Value::Array(rules.collect()).to_string());
    }
    let header = ["resource", "name", "pattern", "principal", "host", "operation", "permission"].map(str::to_owned);
    let rows = rules.into_iter().map(|rule| {
        vec![
            rule.resource.to_string(),
            rule.name,
            rule.pattern.to_string(),
            rule.principal.to_string(),
            rule.host,
            rule.operation.to_string(),
            rule.permission.to_string(),
        ]
    });
    crate::output::print_text(&table::render(&header, &rows.collect::<Vec<_>>()))
}
