//! Lists of people.
#![no_main]

libfuzzer_sys::fuzz_target!(init: fuzz::start(fuzz::seeds::lists), |bytes: &[u8]| {
    fuzz::keep(bytes);
    fuzz::csv::check(bytes);
});
