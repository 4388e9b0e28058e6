//! Answers in plain words.
#![no_main]

libfuzzer_sys::fuzz_target!(init: fuzz::start(fuzz::seeds::answers), |bytes: &[u8]| {
    fuzz::keep(bytes);
    fuzz::answer::check(bytes);
});
