//! Who of a shard is dealt with: letters end in any order, what is recorded is a cursor.

/// What became of one person of a shard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Became {
    /// SES has taken his letter.
    Sent,
    /// It never will.
    Rejected,
    /// Somebody else has invited him.
    AlreadyInvited,
    /// He has heard of the change, or has answered what he was to be reminded of, or is no attendee any more.
    AlreadyTold,
    /// He wants no mail of the organizer, or mail to him comes back.
    Unwanted,
}

/// How many came to what.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Counts {
    pub(super) sent: u64,
    pub(super) rejected: u64,
    pub(super) already_invited: u64,
    pub(super) already_told: u64,
    pub(super) unwanted: u64,
}

impl Counts {
    pub(super) fn all(self) -> u64 {
        self.sent + self.rejected + self.already_invited + self.already_told + self.unwanted
    }
}

/// The people of a shard, from some place on.
#[derive(Debug)]
pub(super) struct Window {
    /// The first place whose person is not dealt with.
    first: usize,
    /// What became of those there and behind.
    became: Vec<Option<Became>>,
    counted_to: usize,
}

impl Window {
    /// Everybody before `first` is dealt with, and counted.
    pub(super) fn from(first: usize, people: usize) -> Self {
        Self {
            first,
            became: vec![None; people],
            counted_to: first,
        }
    }

    /// The first place whose person is not dealt with; everybody before is.
    pub(super) fn first(&self) -> usize {
        self.first
    }

    pub(super) fn ends(&mut self, place: usize, became: Became) {
        if let Some(known) = self.became.get_mut(place) {
            *known = Some(became);
        }
        while self.became.get(self.first).is_some_and(Option::is_some) {
            self.first += 1;
        }
    }

    /// What those before `to` came to who were not counted yet. Nobody behind [`Self::first`] is counted.
    pub(super) fn count(&mut self, to: usize) -> Counts {
        let mut counts = Counts::default();
        let to = to.min(self.first);
        let some = self.became.get(self.counted_to..to).unwrap_or_default();
        for became in some.iter().flatten() {
            *match became {
                Became::Sent => &mut counts.sent,
                Became::Rejected => &mut counts.rejected,
                Became::AlreadyInvited => &mut counts.already_invited,
                Became::AlreadyTold => &mut counts.already_told,
                Became::Unwanted => &mut counts.unwanted,
            } += 1;
        }
        self.counted_to = self.counted_to.max(to);
        counts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_cursor_stays_before_whoever_waits() {
        let mut window = Window::from(2, 6);
        window.ends(3, Became::Sent);
        window.ends(4, Became::Rejected);
        assert_eq!((window.first(), window.count(6)), (2, Counts::default()));
        window.ends(2, Became::Unwanted);
        assert_eq!(window.first(), 5);
        let counts = Counts {
            sent: 1,
            unwanted: 1,
            ..Counts::default()
        };
        assert_eq!(window.count(4), counts);
        assert_eq!(window.count(6).rejected, 1);
    }

    proptest! {
        #[test]
        fn each_is_counted_once_in_whatever_order_letters_end(
            order in Just((0..40).collect::<Vec<usize>>()).prop_shuffle(),
            counted in proptest::collection::vec(0..45_usize, 0..10),
        ) {
            let mut window = Window::from(0, 40);
            let mut sent = 0;
            let mut when = counted.into_iter();
            for (number, place) in order.iter().enumerate() {
                window.ends(*place, Became::Sent);
                prop_assert!((0..window.first()).all(|before| order[..=number].contains(&before)));
                if let Some(to) = when.next() {
                    sent += window.count(to).sent;
                    prop_assert!(sent <= window.first() as u64);
                }
            }
            prop_assert_eq!(window.first(), 40);
            prop_assert_eq!(sent + window.count(40).sent, 40);
        }
    }
}
