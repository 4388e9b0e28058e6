//! The instances of a series, its overrides counted in: what it comes to, and what other readers of calendars are
//! compared by.

use invite::{
    command::Calendars,
    ical::{
        Calendar, Status, Vevent, Zones,
        recurrence::{Override, Range, Series},
    },
};
use serde::Serialize;

use super::report::{Report, Time, time};

/// One instance of a series.
#[derive(Serialize)]
pub(crate) struct Instance {
    /// When the rule has it.
    pub(crate) recurrence_id: Time,
    pub(crate) start: Time,
    pub(crate) end: Time,
    pub(crate) cancelled: bool,
}

impl Report {
    /// Adds the first `most` instances to each event that recurs.
    pub(super) fn add_instances(&mut self, calendars: &Calendars, most: usize) {
        for (shown, found) in self.calendars.iter_mut().zip(&calendars.found) {
            for (shown, event) in shown.events.iter_mut().zip(&found.calendar.events) {
                shown.instances = instances(event, &found.calendar, most);
            }
        }
    }
}

fn instances(event: &Vevent, calendar: &Calendar, most: usize) -> Vec<Instance> {
    let (Some(start), Some(end)) = (&event.start, &event.end) else {
        return Vec::new();
    };
    if event.recurrence_id.is_some() || event.recurrence.is_empty() {
        return Vec::new();
    }
    let zones = Zones::of(&calendar.zones);
    let overrides: Vec<_> = calendar
        .events
        .iter()
        .filter(|other| other.uid == event.uid)
        .filter_map(overriding)
        .collect();
    Series::new(start, &event.recurrence, &zones)
        .instances(end, &overrides)
        .take(most)
        .map(|instance| Instance {
            recurrence_id: time(&instance.occurrence),
            start: time(&instance.start),
            end: time(&instance.end),
            cancelled: instance.is_cancelled,
        })
        .collect()
}

fn overriding(event: &Vevent) -> Option<Override> {
    Some(Override {
        instance: event.recurrence_id.clone()?,
        range: if event.this_and_future {
            Range::ThisAndFuture
        } else {
            Range::This
        },
        start: event.start.clone()?,
        end: event.end.clone()?,
        is_cancelled: event.status == Some(Status::Cancelled),
    })
}
