//! Orders from end to end: what a shop sends, and what follows from it.

mod corpus;
