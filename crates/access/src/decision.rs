//! Whether a caller may what a route requires. Pure: the same for every route, and for the table of all of them.

use crate::{caller::Caller, refusal::Refusal, scope::Scope};

/// What a route requires of its callers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Required {
    /// A caller who has the scope.
    Scope(Scope),
    /// A person who administers the tenant: no scope stands for it, so that no program can give itself more than it has.
    Administrator,
}

/// Why a caller may not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Denial {
    /// It is not known who asks, or he is not let in for now.
    Refused(Refusal),
    /// He lacks the scope.
    MissingScope(Scope),
    /// Only who sees the whole tenant may.
    NotTheWholeTenant,
    /// Only an administrator may, in person.
    NotAnAdministrator,
}

/// Lets a caller in, or says why not. Which events he sees is asked of him afterwards.
///
/// # Errors
/// The [`Denial`].
pub fn decide(required: Required, presented: Result<Caller, Refusal>) -> Result<Caller, Denial> {
    let caller = presented.map_err(Denial::Refused)?;
    match required {
        Required::Administrator if caller == Caller::Administrator => Ok(caller),
        Required::Administrator => Err(Denial::NotAnAdministrator),
        Required::Scope(scope) => may(scope, &caller).map(|()| caller),
    }
}

/// Whether a caller who was let in may this, too.
///
/// # Errors
/// The [`Denial`].
pub fn may(scope: Scope, caller: &Caller) -> Result<(), Denial> {
    if scope.is_of_the_whole_tenant() && !caller.sees_everything() {
        return Err(Denial::NotTheWholeTenant);
    }
    if !caller.has(scope) {
        return Err(Denial::MissingScope(scope));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use invite::address::Address;
    use proptest::{collection::btree_set, option, prelude::*, sample::select};

    use super::*;
    use crate::{caller::Program, scope::Scopes};

    fn alice() -> Address {
        Address::parse("alice@a.test").unwrap()
    }

    fn required() -> impl Strategy<Value = Required> {
        prop_oneof![
            Just(Required::Administrator),
            select(Scope::ALL.to_vec()).prop_map(Required::Scope)
        ]
    }

    fn program() -> impl Strategy<Value = Program> {
        (
            btree_set(select(Scope::ALL.to_vec()), 0..=7),
            option::of(Just(alice())),
        )
            .prop_map(|(scopes, organizer)| Program {
                id: "newsletter".to_owned(),
                scopes: scopes.into_iter().collect(),
                organizer,
            })
    }

    fn is_let_in(required: Required, program: &Program) -> bool {
        decide(required, Ok(Caller::Program(program.clone()))).is_ok()
    }

    proptest! {
        #[test]
        fn nobody_unknown_may_anything(required in required()) {
            for refusal in Refusal::ALL {
                prop_assert_eq!(decide(required, Err(refusal)), Err(Denial::Refused(refusal)));
            }
        }

        #[test]
        fn a_program_without_scopes_may_nothing(required in required(), program in program()) {
            let bare = Program { scopes: Scopes::default(), ..program };
            prop_assert!(!is_let_in(required, &bare));
        }

        #[test]
        fn another_scope_never_takes_anything_away(
            required in required(), program in program(), more in select(Scope::ALL.to_vec()),
        ) {
            let wider = Program {
                scopes: program.scopes.iter().chain([more]).collect(),
                ..program.clone()
            };
            prop_assert!(!is_let_in(required, &program) || is_let_in(required, &wider));
        }

        #[test]
        fn who_is_bound_to_an_organizer_may_no_more_than_who_is_not(required in required(), program in program()) {
            let bound = Program { organizer: Some(alice()), ..program.clone() };
            let free = Program { organizer: None, ..program };
            prop_assert!(!is_let_in(required, &bound) || is_let_in(required, &free));
        }

        #[test]
        fn no_scope_makes_a_program_an_administrator(program in program()) {
            prop_assert!(!is_let_in(Required::Administrator, &program));
        }

        #[test]
        fn an_administrator_may_everything(required in required()) {
            prop_assert!(decide(required, Ok(Caller::Administrator)).is_ok());
        }
    }

    #[test]
    fn an_organizer_may_all_but_what_is_of_the_whole_tenant() {
        let may = |required| decide(required, Ok(Caller::Organizer(alice())));
        for scope in Scope::ALL {
            let expected = Scope::OF_ORGANIZERS.contains(&scope);
            assert_eq!(may(Required::Scope(scope)).is_ok(), expected, "{scope}");
        }
        assert_eq!(
            may(Required::Administrator),
            Err(Denial::NotAnAdministrator)
        );
    }

    #[test]
    fn everybody_sees_his_own_and_only_who_is_not_bound_sees_others() {
        let bob = Address::parse("bob@b.test").unwrap();
        let program = |organizer| {
            Caller::Program(Program {
                id: "newsletter".to_owned(),
                scopes: Scope::ALL.into_iter().collect(),
                organizer,
            })
        };
        for (caller, his_own, others) in [
            (Caller::Administrator, true, true),
            (Caller::Organizer(alice()), true, false),
            (program(Some(alice())), true, false),
            (program(None), true, true),
        ] {
            assert_eq!(caller.sees(&alice()), his_own, "{caller:?}");
            assert_eq!(caller.sees(&bob), others, "{caller:?}");
            assert_eq!(caller.sees_everything(), others, "{caller:?}");
        }
    }
}
