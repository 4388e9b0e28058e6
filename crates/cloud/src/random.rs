//! The only source of what nobody can guess.

use crate::Fault;

/// Bytes of the operating system's generator.
///
/// # Errors
/// [`Fault`] when it has none.
pub fn bytes<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| "the system has no random bytes")
        .map_err(Fault::during("draw random bytes"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn no_two_are_the_same() {
        assert_ne!(bytes::<32>().unwrap(), bytes::<32>().unwrap());
    }
}
