//! Receipt rules: which rule takes a mail for whom, and what is done, in SES's order.

pub use cloud::receipt_rules::{Action, Rule, Store};

/// One thing to do for one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step<'a> {
    /// The envelope recipients the rule matched.
    pub recipients: Vec<String>,
    /// Whether the rule asks for the spam and virus verdicts.
    pub scan: bool,
    /// The action itself.
    pub store: &'a Store,
}

/// Whether any rule takes mail for `recipient`.
#[must_use]
pub fn takes(rules: &[Rule], recipient: &str) -> bool {
    rules.iter().any(|rule| matches(rule, recipient))
}

/// What is to be done for a mail to `recipients`, in order.
#[must_use]
pub fn steps<'a>(rules: &'a [Rule], recipients: &[String]) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    let mut open: Vec<String> = recipients.to_vec();
    for rule in rules {
        let matched: Vec<String> = open
            .iter()
            .filter(|recipient| matches(rule, recipient))
            .cloned()
            .collect();
        if matched.is_empty() {
            continue;
        }
        for action in &rule.actions {
            match action {
                Action::Store(store) => steps.push(Step {
                    recipients: matched.clone(),
                    scan: rule.scan,
                    store,
                }),
                Action::Other => tracing::warn!(
                    rule = rule.name,
                    "an action of the rule is of no kind carried out here"
                ),
                Action::Stop => open.retain(|recipient| !matched.contains(recipient)),
            }
        }
    }
    steps
}

fn matches(rule: &Rule, recipient: &str) -> bool {
    rule.recipients.is_empty()
        || rule
            .recipients
            .iter()
            .any(|condition| meets(condition, recipient))
}

/// `example.com` is that domain alone, `.example.com` its subdomains alone, `a@example.com` that address, with a
/// `+label` after its local part ignored, all as SES reads them.
fn meets(condition: &str, recipient: &str) -> bool {
    let condition = condition.to_ascii_lowercase();
    let recipient = recipient.to_ascii_lowercase();
    let Some((local, domain)) = recipient.rsplit_once('@') else {
        return false;
    };
    if condition.starts_with('.') {
        return domain.ends_with(&condition);
    }
    match condition.rsplit_once('@') {
        None => domain == condition,
        Some((wanted, wanted_domain)) => {
            let bare = local.split_once('+').map_or(local, |(before, _)| before);
            domain == wanted_domain && (local == wanted || bare == wanted)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(recipients: &[&str], actions: Vec<Action>) -> Rule {
        Rule {
            name: "r".to_owned(),
            recipients: recipients
                .iter()
                .map(|&recipient| recipient.to_owned())
                .collect(),
            scan: true,
            actions,
        }
    }

    fn store(bucket: &str) -> Action {
        Action::Store(Store {
            bucket: bucket.to_owned(),
            key_prefix: String::new(),
            topic: None,
        })
    }

    fn buckets(rules: &[Rule], recipients: &[&str]) -> Vec<(String, Vec<String>)> {
        let recipients: Vec<String> = recipients
            .iter()
            .map(|&recipient| recipient.to_owned())
            .collect();
        steps(rules, &recipients)
            .into_iter()
            .map(|step| (step.store.bucket.clone(), step.recipients))
            .collect()
    }

    #[test]
    fn a_domain_is_that_domain_alone_and_a_dot_before_it_means_its_subdomains_alone() {
        assert!(meets("a.test", "X@A.test"));
        assert!(!meets("a.test", "x@sub.a.test"));
        assert!(meets(".a.test", "x@sub.a.test"));
        assert!(!meets(".a.test", "x@a.test"));
        assert!(!meets(".a.test", "x@ba.test"));
    }

    #[test]
    fn an_address_takes_its_labels_too() {
        assert!(meets("create@a.test", "Create@a.test"));
        assert!(meets("create@a.test", "create+x@a.test"));
        assert!(!meets("create@a.test", "created@a.test"));
    }

    #[test]
    fn a_rule_without_recipients_takes_everyone() {
        assert!(takes(&[rule(&[], vec![])], "who@ever.test"));
        assert!(!takes(&[], "who@ever.test"));
        assert!(!takes(&[rule(&["a.test"], vec![])], "who@ever.test"));
    }

    #[test]
    fn rules_act_in_order_each_for_the_recipients_it_matches() {
        let rules = [
            rule(&["a.test"], vec![store("one")]),
            rule(&[], vec![store("two")]),
        ];
        assert_eq!(
            buckets(&rules, &["x@a.test", "y@b.test"]),
            [
                ("one".to_owned(), vec!["x@a.test".to_owned()]),
                (
                    "two".to_owned(),
                    vec!["x@a.test".to_owned(), "y@b.test".to_owned()]
                ),
            ]
        );
    }

    #[test]
    fn stop_keeps_later_rules_from_the_recipients_it_matched_only() {
        let rules = [
            rule(&["a.test"], vec![store("one"), Action::Stop]),
            rule(&[], vec![store("two")]),
        ];
        assert_eq!(
            buckets(&rules, &["x@a.test", "y@b.test"]),
            [
                ("one".to_owned(), vec!["x@a.test".to_owned()]),
                ("two".to_owned(), vec!["y@b.test".to_owned()])
            ]
        );
    }
}
