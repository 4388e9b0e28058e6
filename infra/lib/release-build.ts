/** The stack's own Rust, as rust-version in Cargo.toml and the workflows have it. */
const RUST = '1.95.0';
/** What the image has, named, for its default is an older Node (aws-codebuild-docker-images, runtimes.yml of al/aarch64). */
export const RUNTIMES = { nodejs: '22', python: '3.12' };
/** The image has no Rust. https://static.rust-lang.org/rustup/archive/<version>/<target>/rustup-init.sha256 */
const RUSTUP = {
  url: 'https://static.rust-lang.org/rustup/archive/1.28.2/aarch64-unknown-linux-gnu/rustup-init',
  sha256: 'e3853c5a252fca15252d07cb23a1bdd9377a8c6f3efa01531109281ae47f841c',
};
/** Not in the tree's own folders: a file more would make it a changed one. */
export const BUILT = 'target/bundle';

/** Builds the bundle of the tag that is checked out, and a second time elsewhere, and ends unless both are the same. */
export const BUILD_TWICE: readonly string[] = [
  `curl --proto =https --tlsv1.2 --fail --silent --show-error --output /tmp/rustup-init ${RUSTUP.url}`,
  `echo "${RUSTUP.sha256}  /tmp/rustup-init" | sha256sum --check --strict`,
  'chmod +x /tmp/rustup-init',
  `/tmp/rustup-init -y --no-modify-path --profile minimal --default-toolchain ${RUST}`,
  '. "$HOME/.cargo/env"',
  'git fetch --force --tags origin "+refs/heads/main:refs/remotes/origin/main"',
  'tag=$(git describe --exact-match --match "v*")',
  'if ! git merge-base --is-ancestor HEAD origin/main; then echo "$tag is not on main" >&2; exit 1; fi',
  'scripts/release check "$tag" --tagged',
  `scripts/release bundle --out "$PWD/${BUILT}"`,
  // Elsewhere: a path of the checkout in the bundle would show.
  'git worktree add --detach "$HOME/elsewhere" HEAD',
  '"$HOME/elsewhere/scripts/release" bundle --out "$HOME/again"',
  `cmp ${BUILT}/*.tar.gz "$HOME"/again/*.tar.gz`,
];
