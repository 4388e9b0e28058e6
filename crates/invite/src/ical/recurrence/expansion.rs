//! Rule → wall clock times, one after the other, as far as somebody asks (RFC 5545 section 3.3.10).
//!
//! Ours, because no crate fits: `rrule` and calcard's copy of it count by a second time crate, leave out the times a
//! zone's clock skips (section 3.3.10 has them read by section 3.3.5), look for 100,000 years for a rule that matches
//! nothing and lay out all times of a period before the first is taken; nothing on jiff or civil times is published.

use jiff::civil::{Date, DateTime};

use super::{
    plan::{Plan, after, date_time, first_of_week, seconds},
    rule::{Frequency, Rule},
};

/// Days or smaller steps looked at in vain before a rule is said to have ended. The calendar repeats after 146,097
/// days, so a rule of days that has not matched by then never will.
const MAX_IN_VAIN: u32 = 200_000;

/// The times of one rule in order, DTSTART first. UNTIL is not looked at: it is compared as an instant.
#[derive(Clone, Debug)]
pub(super) struct Expansion {
    plan: Plan,
    start: DateTime,
    /// Nothing before this is given out.
    not_before: DateTime,
    /// Whether DTSTART, which is the first occurrence whether the rule says so or not, is still to come.
    start_is_due: bool,
    /// Whether DTSTART is given out where the rule itself says so.
    takes_start: bool,
    /// The number of the next period of INTERVAL times FREQ, that of DTSTART being 0.
    step: i64,
    /// The days the rule takes in the current period, in order.
    days: Vec<Date>,
    /// Which of the times of the current period come next, as numbers from its first one: a run of all, …
    run: std::ops::Range<usize>,
    /// … or those BYSETPOS picks, the last first.
    picked: Vec<usize>,
    /// The times of each of those days.
    clock: Clock,
    in_vain: u32,
}

/// The times of a day.
#[derive(Clone, Debug)]
struct Clock {
    hours: Vec<i8>,
    minutes: Vec<i8>,
    seconds: Vec<i8>,
}

impl Clock {
    fn len(&self) -> usize {
        self.hours.len() * self.minutes.len() * self.seconds.len()
    }
}

impl Expansion {
    /// All times of an RRULE.
    pub(super) fn new(rule: &Rule, start: DateTime) -> Self {
        let plan = Plan::new(rule, start);
        Self {
            // Where FREQ is less than a day, what the period is fills in.
            clock: Clock {
                hours: plan.hours.clone(),
                minutes: plan.minutes.clone(),
                seconds: plan.seconds.clone(),
            },
            plan,
            start,
            not_before: start,
            start_is_due: true,
            takes_start: false,
            step: 0,
            days: Vec::new(),
            run: 0..0,
            picked: Vec::new(),
            in_vain: 0,
        }
    }

    /// Of an EXRULE: DTSTART is of it only if it matches.
    pub(super) fn without_start(rule: &Rule, start: DateTime) -> Self {
        Self {
            start_is_due: false,
            takes_start: true,
            ..Self::new(rule, start)
        }
    }

    /// Goes to the first time that is not before `local`, without a look at those between. Not for a rule with COUNT.
    pub(super) fn seek(&mut self, local: DateTime) {
        if local <= self.start {
            return;
        }
        let Some(step) = self.step_of(local) else {
            return;
        };
        self.start_is_due = false;
        self.not_before = local;
        self.step = step;
        self.run = 0..0;
        self.picked.clear();
        self.in_vain = 0;
    }

    /// The last period that begins no later than `local`, or the one before it.
    fn step_of(&self, local: DateTime) -> Option<i64> {
        let (from, to) = (self.start, local);
        let years = i64::from(to.year()) - i64::from(from.year());
        let passed = match self.plan.frequency {
            Frequency::Yearly => years,
            Frequency::Monthly => years * 12 + i64::from(to.month()) - i64::from(from.month()),
            _ => {
                let passed = seconds(to)?.checked_sub(self.base()?)?;
                passed.div_euclid(self.unit())
            }
        };
        Some((passed / self.plan.interval).max(0))
    }

    /// Seconds of FREQ, where it is a number of seconds.
    fn unit(&self) -> i64 {
        match self.plan.frequency {
            Frequency::Secondly => 1,
            Frequency::Minutely => 60,
            Frequency::Hourly => 3_600,
            Frequency::Weekly => 7 * 86_400,
            _ => 86_400,
        }
    }

    /// When the first period begins, where FREQ is a number of seconds.
    fn base(&self) -> Option<i64> {
        let day = match self.plan.frequency {
            Frequency::Weekly => first_of_week(self.start.date(), self.plan.week_start)?,
            _ => self.start.date(),
        };
        let (hour, minute, second) = (self.start.hour(), self.start.minute(), self.start.second());
        seconds(match self.plan.frequency {
            Frequency::Secondly => day.at(hour, minute, second, 0),
            Frequency::Minutely => day.at(hour, minute, 0, 0),
            Frequency::Hourly => day.at(hour, 0, 0, 0),
            _ => day.at(0, 0, 0, 0),
        })
    }

    /// Lays out the next period; `None` at the end of the calendar or when too much was looked at in vain.
    fn next_period(&mut self) -> Option<()> {
        self.days.clear();
        match self.plan.frequency {
            Frequency::Yearly => {
                let year = i64::from(self.start.year())
                    .checked_add(self.step.checked_mul(self.plan.interval)?)?;
                self.step += 1;
                let year = i16::try_from(year).ok()?;
                // Before the months, so that the end of the calendar is seen whatever they are.
                Date::new(year, 1, 1).ok()?;
                for month in 0..self.plan.months().len() {
                    let month = *self.plan.months().get(month)?;
                    self.take_days_of(Date::new(year, month, 1).ok()?);
                }
            }
            Frequency::Monthly => {
                let month = i64::from(self.start.month()) - 1;
                let months = month.checked_add(self.step.checked_mul(self.plan.interval)?)?;
                self.step += 1;
                let year = i64::from(self.start.year()).checked_add(months / 12)?;
                let month = i8::try_from(months % 12 + 1).ok()?;
                let first = Date::new(i16::try_from(year).ok()?, month, 1).ok()?;
                if self.plan.takes_month(month) {
                    self.take_days_of(first);
                } else {
                    self.in_vain += 1;
                }
            }
            Frequency::Weekly => {
                let first = self.beginning()?.date();
                self.step += 1;
                for day in 0..7 {
                    self.take(after(first, day)?);
                }
            }
            Frequency::Daily => {
                let day = self.beginning()?.date();
                self.step += 1;
                self.take(day);
                if !self.plan.takes_month(day.month()) {
                    self.resume_at(after(day.last_of_month(), 1)?.at(0, 0, 0, 0))?;
                }
            }
            Frequency::Hourly | Frequency::Minutely | Frequency::Secondly => self.part_of_day()?,
        }
        self.lay_out();
        (self.in_vain < MAX_IN_VAIN).then_some(())
    }

    /// When the current period begins, where FREQ is a number of seconds.
    fn beginning(&self) -> Option<DateTime> {
        let each = self.unit().checked_mul(self.plan.interval)?;
        date_time(self.base()?.checked_add(self.step.checked_mul(each)?)?)
    }

    fn take_days_of(&mut self, first: Date) {
        for day in 1..=first.days_in_month() {
            if let Ok(day) = Date::new(first.year(), first.month(), day) {
                self.take(day);
            }
        }
    }

    fn take(&mut self, day: Date) {
        self.in_vain += 1;
        if self.plan.takes_day(day) {
            self.days.push(day);
        }
    }

    /// One hour, minute or second, if the rule takes it; else the next it may take is where the rule goes on.
    fn part_of_day(&mut self) -> Option<()> {
        let at = self.beginning()?;
        self.step += 1;
        let day = at.date();
        self.take(day);
        if self.days.is_empty() {
            let resume = if self.plan.takes_month(day.month()) {
                day
            } else {
                day.last_of_month()
            };
            return self.resume_at(after(resume, 1)?.at(0, 0, 0, 0));
        }
        let takes = |list: &[i8], value: i8| list.is_empty() || list.contains(&value);
        let frequency = self.plan.frequency;
        let (hour, minute, second) = (at.hour(), at.minute(), at.second());
        if !takes(&self.plan.hours, hour) {
            self.days.clear();
            let next = seconds(day.at(hour, 0, 0, 0))?.checked_add(3_600)?;
            return self.resume_at(date_time(next)?);
        }
        set(&mut self.clock.hours, hour);
        if frequency < Frequency::Hourly {
            if !takes(&self.plan.minutes, minute) {
                self.days.clear();
                let next = seconds(day.at(hour, minute, 0, 0))?.checked_add(60)?;
                return self.resume_at(date_time(next)?);
            }
            set(&mut self.clock.minutes, minute);
        }
        if frequency < Frequency::Minutely {
            if !takes(&self.plan.seconds, second) {
                self.days.clear();
            }
            set(&mut self.clock.seconds, second);
        }
        Some(())
    }

    /// Leaves out the periods that begin before `at`.
    fn resume_at(&mut self, at: DateTime) -> Option<()> {
        let each = self.unit().checked_mul(self.plan.interval)?;
        let passed = seconds(at)?.checked_sub(self.base()?)?;
        let step = passed.checked_add(each - 1)?.div_euclid(each);
        self.step = self.step.max(step);
        Some(())
    }

    /// Says which times of the current period are to be given out.
    fn lay_out(&mut self) {
        let size = self.days.len() * self.clock.len();
        self.run = 0..0;
        if self.plan.positions.is_empty() {
            // The first not too early, by halving: a period may hold millions of times.
            let (mut low, mut high) = (0, size);
            while low < high {
                let middle = low.midpoint(high);
                if self.time(middle).is_some_and(|time| time < self.not_before) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            self.run = low..size;
            return;
        }
        let mut picked: Vec<usize> = self
            .plan
            .positions
            .iter()
            .filter_map(|position| {
                let at = usize::from(position.unsigned_abs());
                if *position > 0 {
                    at.checked_sub(1)
                } else {
                    size.checked_sub(at)
                }
            })
            .filter(|at| *at < size && self.time(*at).is_some_and(|time| time >= self.not_before))
            .collect();
        picked.sort_unstable_by(|a, b| b.cmp(a));
        picked.dedup();
        self.picked = picked;
    }

    /// One of the times of the current period, by its number.
    fn time(&self, number: usize) -> Option<DateTime> {
        let clock = &self.clock;
        let per_hour = clock.minutes.len() * clock.seconds.len();
        let of_day = number % clock.len();
        let day = self.days.get(number / clock.len())?;
        let hour = *clock.hours.get(of_day / per_hour)?;
        let minute = *clock.minutes.get(of_day % per_hour / clock.seconds.len())?;
        let second = *clock.seconds.get(of_day % clock.seconds.len())?;
        Some(day.at(hour, minute, second, 0))
    }
}

impl Iterator for Expansion {
    type Item = DateTime;

    fn next(&mut self) -> Option<DateTime> {
        if self.start_is_due {
            self.start_is_due = false;
            return Some(self.start);
        }
        loop {
            while let Some(number) = self.picked.pop().or_else(|| self.run.next()) {
                let time = self.time(number)?;
                if time > self.start || self.takes_start && time == self.start {
                    self.in_vain = 0;
                    return Some(time);
                }
            }
            self.next_period()?;
        }
    }
}

fn set(list: &mut Vec<i8>, value: i8) {
    list.clear();
    list.push(value);
}
