//! winmail.dat.
#![no_main]

libfuzzer_sys::fuzz_target!(init: fuzz::start(fuzz::seeds::streams), |bytes: &[u8]| {
    fuzz::keep(bytes);
    fuzz::tnef::check(bytes);
});
