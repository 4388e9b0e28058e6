//! Raw mails.
#![no_main]

libfuzzer_sys::fuzz_target!(init: fuzz::start(fuzz::seeds::mails), |bytes: &[u8]| {
    fuzz::keep(bytes);
    fuzz::mail::check(bytes);
});
