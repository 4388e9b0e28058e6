//! Every conversation of `golden/conversations/`, against the pure core: the bytes a client sends are read,
//! classified and decided upon; what the decision holds is stored in memory.

mod checks;
mod world;

use std::{collections::BTreeSet, path::Path};

use conversation::{Action, Conversation, Mail, Message, Step};

use invite::decide::Rule;
use world::World;

/// Rules no conversation reaches: of tenants who allow less than the one they are held with, of more than a file tells
/// of, and the one that an event's uid, made of its owner's address, keeps from ever being needed.
const NOT_TOLD: [Rule; 4] = [
    Rule::NotTheOwner,
    Rule::OrganizerNotEnrolled,
    Rule::TooManyAnswers,
    Rule::TooMuch,
];

#[test]
fn every_conversation_ends_as_it_says() {
    let conversations = all();
    assert!(conversations.len() >= 28, "{} files", conversations.len());
    let failures: Vec<String> = conversations
        .iter()
        .flat_map(|conversation| play(conversation).failures)
        .collect();
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}

#[test]
fn every_rule_decides_in_some_conversation() {
    let told: BTreeSet<Rule> = all().iter().flat_map(|told| play(told).rules).collect();
    let untold: Vec<&str> = Rule::ALL
        .iter()
        .filter(|rule| told.contains(rule) == NOT_TOLD.contains(rule))
        .map(|rule| rule.code())
        .collect();
    assert_eq!(untold, [] as [&str; 0]);
}

fn all() -> Vec<Conversation> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    conversation::load_all(&root).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"));
    })
}

#[test]
fn a_wrong_expectation_is_noticed() {
    let text = "# t\nmail alice@a.test -> create REQUEST kickoff\nexpect event kickoff cancelled sequence 0 held 1";
    let conversation = Conversation::read(Path::new("wrong.txt"), text, Path::new(".")).unwrap();
    assert_eq!(
        play(&conversation).failures,
        [
            "wrong.txt:3: expected `cancelled`, found `confirmed`",
            "wrong.txt:3: expected 1 mails held, found 0 of [created]",
        ]
    );
}

/// Plays one file.
fn play(conversation: &Conversation) -> Play<'_> {
    let mut play = Play {
        conversation,
        failures: Vec::new(),
        rules: BTreeSet::new(),
    };
    play.from(World::default(), Vec::new(), &conversation.steps, "");
    play.failures.dedup();
    play
}

struct Play<'a> {
    conversation: &'a Conversation,
    /// What is not as it says, each with file and line.
    failures: Vec<String>,
    /// Every rule that decided.
    rules: BTreeSet<Rule>,
}

impl Play<'_> {
    /// Goes on with these steps. After `together` the rest is played once for each order.
    fn from(&mut self, mut world: World, mut sent: Vec<Message>, steps: &[Step], order: &str) {
        for (done, step) in steps.iter().enumerate() {
            match &step.action {
                Action::Together(racing) => {
                    for order in orders(racing.len()) {
                        let (mut world, mut sent) = (world.clone(), sent.clone());
                        // Mails keep their numbers, whoever is first.
                        self.write_all(&world, &mut sent, racing);
                        for index in &order {
                            self.step(&mut world, &mut sent, &racing[*index]);
                        }
                        let order = format!(" (racing in order {order:?})");
                        self.from(world, sent, &steps[done + 1..], &order);
                    }
                    return;
                }
                Action::Expect(expectations) => {
                    for failure in world.check(expectations) {
                        let file = self.conversation.file.display();
                        self.failures.push(format!("{file}:{failure}{order}"));
                    }
                    world.forget_counts();
                }
                _ => self.step(&mut world, &mut sent, step),
            }
        }
        self.rules.extend(world.rules);
    }

    fn step(&mut self, world: &mut World, sent: &mut Vec<Message>, step: &Step) {
        world.tick(step.at);
        match &step.action {
            Action::Given(given) => world.given(given),
            Action::Invite { event, people } => world.invite(event, people),
            Action::Mail(mail) => {
                if sent.len() <= mail.number {
                    self.write(world, sent, step.line, mail);
                }
                if let Some(message) = sent.get(mail.number) {
                    world.receive(message, mail.number, false);
                }
            }
            Action::Repeat {
                number,
                same_mail_id,
            } => match sent.get(*number) {
                Some(message) => world.receive(message, *number, *same_mail_id),
                None => self.fail(step.line, "repeats a mail that comes later"),
            },
            Action::Together(_) | Action::Expect(_) => unreachable!("handled before"),
        }
    }

    fn write_all(&mut self, world: &World, sent: &mut Vec<Message>, steps: &[Step]) {
        for step in steps {
            if let Action::Mail(mail) = &step.action {
                self.write(world, sent, step.line, mail);
            }
        }
    }

    fn write(&mut self, world: &World, sent: &mut Vec<Message>, line: usize, mail: &Mail) {
        match mail.write(world) {
            Ok(message) => sent.push(message),
            Err(problem) => self.fail(line, &problem.to_string()),
        }
    }

    fn fail(&mut self, line: usize, text: &str) {
        let file = self.conversation.file.display();
        self.failures.push(format!("{file}:{line}: {text}"));
    }
}

/// Every order of so many things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(count - 1);
    shorter
        .iter()
        .flat_map(|order| {
            (0..count).map(move |place| {
                let mut order = order.clone();
                order.insert(place, count - 1);
                order
            })
        })
        .collect()
}
