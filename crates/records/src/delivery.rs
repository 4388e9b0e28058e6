//! What became of the letters to an attendee, as stored.

use invite::delivery::{Delivery, Fact};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::DeliveryCode;

/// The weightiest fact, which counts, and those before it, the weightiest last.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Delivery")]
pub struct DeliveryShape {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<FactShape>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delivery_before: Vec<FactShape>,
}

/// One thing that happened to a letter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in the domain's Fact")]
pub struct FactShape {
    pub state: DeliveryCode,
    pub revision: u64,
    pub letter: String,
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

impl From<&Fact> for FactShape {
    fn from(fact: &Fact) -> Self {
        Self {
            state: fact.state.into(),
            revision: fact.revision,
            letter: fact.letter.clone(),
            at: fact.at,
            code: fact.code.clone(),
            words: fact.words.clone(),
        }
    }
}

impl From<FactShape> for Fact {
    fn from(shape: FactShape) -> Self {
        Self {
            state: shape.state.into(),
            revision: shape.revision,
            letter: shape.letter,
            at: shape.at,
            code: shape.code,
            words: shape.words,
        }
    }
}

impl From<&Delivery> for DeliveryShape {
    fn from(delivery: &Delivery) -> Self {
        let mut facts: Vec<FactShape> = delivery.facts().map(FactShape::from).collect();
        Self {
            delivery: facts.pop(),
            delivery_before: facts,
        }
    }
}

impl From<DeliveryShape> for Delivery {
    fn from(shape: DeliveryShape) -> Self {
        shape
            .delivery_before
            .into_iter()
            .chain(shape.delivery)
            .map(Fact::from)
            .collect()
    }
}
