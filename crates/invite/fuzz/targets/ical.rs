//! Calendars.
#![no_main]

libfuzzer_sys::fuzz_target!(init: fuzz::start(fuzz::seeds::calendars), |bytes: &[u8]| {
    fuzz::keep(bytes);
    fuzz::ical::check(bytes);
});
