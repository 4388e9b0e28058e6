//! What an object consists of, before a line of it is written: each VEVENT with its times in their forms, and over
//! which span each zone is used.

use std::{borrow::Cow, collections::BTreeSet};

use super::{
    Purpose,
    recurrence::{Recurs, occurrence},
    time::{Clocks, Written},
    unwritable::Unwritable,
    zones::Span,
};
use crate::{
    event::{Details, Event, Instance},
    ical::content_line::Lines,
    time::InstanceKey,
};

/// The VEVENTs of an object and the zones they use.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) components: Vec<Component<'a>>,
    clocks: Clocks,
    span: Span,
}

/// One VEVENT.
#[derive(Debug)]
pub(super) struct Component<'a> {
    /// `None` for the event itself.
    pub(super) instance: Option<InstanceKey>,
    pub(super) recurrence_id: Option<Written>,
    pub(super) sequence: u32,
    pub(super) start: Written,
    /// Left out where it could not stand there.
    pub(super) end: Option<Written>,
    pub(super) recurs: Recurs,
    pub(super) details: Cow<'a, Details>,
}

impl<'a> Plan<'a> {
    pub(super) fn of(event: &'a Event, purpose: &Purpose) -> Result<Self, Unwritable> {
        let clocks = Clocks::of(event);
        let whole = whole(event, &clocks)?;
        let components = match purpose {
            Purpose::DeclineCounter {
                instance: Some(key),
            } => vec![one(event, key, &whole.start, &clocks)?],
            Purpose::Request if !whole.recurs.is_once() => {
                let differing = differing(event, &whole.start, &clocks);
                std::iter::once(whole).chain(differing).collect()
            }
            // Of a series that does not take place, no instance does.
            Purpose::Request | Purpose::Cancel | Purpose::DeclineCounter { instance: None } => {
                vec![whole]
            }
        };
        let mut span = Span::default();
        for component in &components {
            component.note(event, &mut span);
        }
        Ok(Self {
            components,
            clocks,
            span,
        })
    }

    /// A VTIMEZONE for each TZID.
    pub(super) fn write_zones(&self, lines: &mut Lines) {
        self.span.write(lines, &self.clocks);
    }
}

impl Component<'_> {
    fn note(&self, event: &Event, span: &mut Span) {
        let times = std::iter::once(&self.start)
            .chain(&self.end)
            .chain(&self.recurrence_id)
            .chain(self.recurs.times());
        for time in times {
            span.note(time);
        }
        if self.recurs.is_once() {
            return;
        }
        let details = &event.details;
        let length = details
            .end
            .instant()
            .duration_since(details.start.instant());
        match &self.recurs.last {
            Some(last) => span.goes_on(last.instant().checked_add(length).unwrap_or_default()),
            None => span.goes_on_for_ever(),
        }
    }
}

/// The event, or the series.
fn whole<'a>(event: &'a Event, clocks: &Clocks) -> Result<Component<'a>, Unwritable> {
    let details = &event.details;
    let start = if details.recurs() {
        clocks.write_first(&details.start)?
    } else {
        clocks.write(&details.start)
    };
    Ok(Component {
        instance: None,
        recurrence_id: None,
        sequence: event.stamp.sequence,
        recurs: Recurs::of(event, &start, clocks)?,
        end: Some(clocks.write(&details.end)).filter(|end| end.may_end(&start)),
        start,
        details: Cow::Borrowed(details),
    })
}

/// The instances that take place otherwise than the series says.
fn differing<'a>(event: &'a Event, first: &Written, clocks: &Clocks) -> Vec<Component<'a>> {
    let mut seen = BTreeSet::new();
    let instances = event.instances.iter();
    instances
        .filter_map(|(key, instance)| {
            let details = instance.details.as_ref()?;
            let component = differs(key, instance, Cow::Borrowed(details), first, clocks);
            let id = component.recurrence_id.as_ref()?.value();
            seen.insert(id).then_some(component)
        })
        .collect()
}

fn differs<'a>(
    key: &InstanceKey,
    instance: &Instance,
    details: Cow<'a, Details>,
    first: &Written,
    clocks: &Clocks,
) -> Component<'a> {
    let start = clocks.write(&details.start);
    Component {
        instance: Some(key.clone()),
        recurrence_id: Some(clocks.write_like(first, &instance.recurrence_id)),
        sequence: instance.sequence,
        end: Some(clocks.write(&details.end)).filter(|end| end.may_end(&start)),
        start,
        recurs: Recurs::default(),
        details,
    }
}

/// An instance as it takes place, whether it differs or not.
fn one<'a>(
    event: &'a Event,
    key: &InstanceKey,
    first: &Written,
    clocks: &Clocks,
) -> Result<Component<'a>, Unwritable> {
    if let Some(instance) = event.instances.get(key)
        && let Some(details) = &instance.details
    {
        return Ok(differs(
            key,
            instance,
            Cow::Borrowed(details),
            first,
            clocks,
        ));
    }
    let recurrence_id = occurrence(event, key, clocks).ok_or(Unwritable::UnknownInstance)?;
    let details = event.details.at(&recurrence_id);
    let instance = Instance {
        recurrence_id,
        accepted: event.accepted,
        sequence: event.stamp.sequence,
        open_since: event.open_since,
        details: None,
    };
    Ok(differs(key, &instance, Cow::Owned(details), first, clocks))
}
