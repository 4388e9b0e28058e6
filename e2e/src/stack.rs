//! Where the local stack is: `.local/environment`, as `scripts/dev` wrote it. Anything but this machine is refused.

use std::{
    collections::BTreeMap,
    env, fs, io,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use reqwest::Url;
use tokio::{net::TcpStream, time::timeout};

/// Names a file to read instead of the nearest `.local/environment`.
pub const ENVIRONMENT_FILE: &str = "CIS_ENVIRONMENT";

/// Set to `1` where the absence of a stack is a failure and not a reason to skip.
pub const REQUIRED: &str = "CIS_E2E";

/// The deployed local stack.
#[derive(Clone)]
pub struct Stack {
    /// Where mail for the tenant is taken in.
    pub smtp: SocketAddr,
    /// The mailbox's REST API: everything the tenant sent.
    pub mailbox: Url,
    /// The tenant's REST API.
    pub api: Url,
    /// A token of an administrator.
    pub api_token: String,
    /// The local cloud.
    pub cloud: Url,
    /// The tenant's mail domain.
    pub mail_domain: String,
    /// The tenant's table.
    pub table: String,
    /// The certificate authority of the local cloud, PEM.
    pub authority: PathBuf,
    /// Where its logs are.
    pub logs: PathBuf,
    /// Every value, for child processes.
    pub values: BTreeMap<String, String>,
}

/// Why no stack can be used.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// Nothing was started.
    #[error(
        "no local stack: there is no .local/environment here or above, nor what {ENVIRONMENT_FILE} names; `scripts/dev` \
         starts one"
    )]
    Absent,
    /// It is not running.
    #[error("the local stack does not answer: {what} at {at}; `scripts/dev` starts it")]
    Silent {
        /// Which part.
        what: &'static str,
        /// Its address.
        at: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file cannot be read.
    #[error("could not read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Names that must be in the file are not.
    #[error("{path} lacks {names}", names = names.join(", "))]
    Missing {
        /// The file.
        path: PathBuf,
        /// All of them.
        names: Vec<&'static str>,
    },
    /// A value that is not what its name says.
    #[error("{name} in the stack's environment is not {expected}")]
    Invalid {
        /// The name.
        name: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// These tests send mail, forge senders and take rights away: never where somebody lives.
    #[error("{name} is not on this machine ({host}): the tests run against a local stack only")]
    NotLocal {
        /// The name.
        name: &'static str,
        /// What it points to.
        host: String,
    },
}

impl StackError {
    /// Whether it only means that nothing was started.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::Absent | Self::Silent { .. })
    }
}

impl Stack {
    /// Finds the stack's environment, here or in a folder above, and reads it.
    ///
    /// # Errors
    /// [`StackError`]; [`StackError::is_absence`] tells whether one was never started.
    pub fn find() -> Result<Self, StackError> {
        if let Some(path) = env::var_os(ENVIRONMENT_FILE).map(PathBuf::from) {
            return if path.exists() {
                Self::read(&path)
            } else {
                Err(StackError::Absent)
            };
        }
        let here = env::current_dir().map_err(|source| StackError::Read {
            path: PathBuf::from("."),
            source,
        })?;
        let path = here
            .ancestors()
            .map(|folder| folder.join(".local/environment"))
            .find(|path| path.is_file())
            .ok_or(StackError::Absent)?;
        Self::read(&path)
    }

    /// Reads one environment file.
    ///
    /// # Errors
    /// [`StackError`] naming everything that is missing, or what is not local.
    pub fn read(path: &Path) -> Result<Self, StackError> {
        let text = fs::read_to_string(path).map_err(|source| StackError::Read {
            path: path.to_owned(),
            source,
        })?;
        let values = parse(&text);
        let mut missing = Vec::new();
        let mut value = |name: &'static str| {
            values.get(name).cloned().unwrap_or_else(|| {
                missing.push(name);
                String::new()
            })
        };
        let smtp = value("CIS_SMTP");
        let mailbox = value("CIS_MAILBOX_URL");
        let api = value("CIS_API_URL");
        let api_token = value("CIS_API_TOKEN");
        let cloud = value("AWS_ENDPOINT_URL");
        let mail_domain = value("CIS_MAIL_DOMAIN");
        let table = value("CIS_TABLE");
        let authority = PathBuf::from(value("AWS_CA_BUNDLE"));
        if !missing.is_empty() {
            return Err(StackError::Missing {
                path: path.to_owned(),
                names: missing,
            });
        }
        Ok(Self {
            smtp: local_socket("CIS_SMTP", &smtp)?,
            mailbox: local_url("CIS_MAILBOX_URL", &mailbox)?,
            api: local_url("CIS_API_URL", &api)?,
            api_token,
            cloud: local_url("AWS_ENDPOINT_URL", &cloud)?,
            mail_domain,
            table,
            authority,
            logs: path.parent().unwrap_or(Path::new(".")).join("logs"),
            values,
        })
    }

    /// Asks each part for a connection.
    ///
    /// # Errors
    /// [`StackError::Silent`] for the first that gives none.
    pub async fn answers(&self) -> Result<(), StackError> {
        for (what, at) in [
            ("mail in (SMTP)", self.smtp.to_string()),
            ("the mailbox", authority_of(&self.mailbox)),
            ("the local cloud", authority_of(&self.cloud)),
        ] {
            let connected = timeout(Duration::from_secs(3), TcpStream::connect(&at))
                .await
                .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
            connected.map_err(|source| StackError::Silent { what, at, source })?;
        }
        Ok(())
    }

    /// An address of the tenant's mail domain.
    #[must_use]
    pub fn address(&self, local: &str) -> String {
        format!("{local}@{}", self.mail_domain)
    }
}

fn parse(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .map(|line| line.trim().trim_start_matches("export "))
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| {
            let value = value.trim();
            let value = ['\'', '"']
                .iter()
                .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote))
                .unwrap_or(value);
            (name.trim().to_owned(), value.to_owned())
        })
        .collect()
}

fn local_socket(name: &'static str, value: &str) -> Result<SocketAddr, StackError> {
    let socket: SocketAddr = value.parse().map_err(|_| StackError::Invalid {
        name,
        expected: "an IP address and a port",
    })?;
    if !socket.ip().is_loopback() {
        return Err(StackError::NotLocal {
            name,
            host: value.to_owned(),
        });
    }
    Ok(socket)
}

fn local_url(name: &'static str, value: &str) -> Result<Url, StackError> {
    let invalid = StackError::Invalid {
        name,
        expected: "a URL",
    };
    let Ok(url) = Url::parse(value) else {
        return Err(invalid);
    };
    let Some(host) = url.host_str() else {
        return Err(invalid);
    };
    let is_local = host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback());
    if !is_local {
        return Err(StackError::NotLocal {
            name,
            host: host.to_owned(),
        });
    }
    Ok(url)
}

fn authority_of(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or(443);
    format!("{}:{port}", url.host_str().unwrap_or("localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: &str = "# written by scripts/dev
AWS_ENDPOINT_URL=https://localhost:4566
AWS_CA_BUNDLE='/tmp/with space/ca.pem'
export CIS_SMTP=127.0.0.1:2525
CIS_MAILBOX_URL=http://127.0.0.1:1080
CIS_API_URL=https://localhost:4566/_aws/execute-api/abc
CIS_API_TOKEN=\"eyJ.a=.b\"
CIS_MAIL_DOMAIN=acme.invites.example
CIS_TABLE=cis-local-acme
";

    fn read(text: &str) -> Result<Stack, StackError> {
        let folder = env::temp_dir().join(format!("cis-stack-{}", fastrand::u64(..)));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("environment");
        fs::write(&path, text).unwrap();
        let stack = Stack::read(&path);
        fs::remove_dir_all(folder).unwrap();
        stack
    }

    #[test]
    fn reads_what_scripts_dev_writes() {
        let stack = read(LOCAL).unwrap();
        assert_eq!(stack.api_token, "eyJ.a=.b");
        assert_eq!(stack.authority, Path::new("/tmp/with space/ca.pem"));
        assert_eq!(stack.address("create"), "create@acme.invites.example");
    }

    #[test]
    fn production_is_refused() {
        for (from, to) in [
            (
                "https://localhost:4566\n",
                "https://sqs.us-east-1.amazonaws.com\n",
            ),
            ("127.0.0.1:2525", "192.0.2.1:25"),
            ("http://127.0.0.1:1080", "http://mail.acme.example"),
            (
                "https://localhost:4566/_aws",
                "https://localhost.acme.example/_aws",
            ),
        ] {
            let Err(error) = read(&LOCAL.replace(from, to)) else {
                panic!("{to} was taken for this machine");
            };
            assert!(matches!(error, StackError::NotLocal { .. }), "{error}");
        }
    }

    #[test]
    fn all_missing_names_are_told_together() {
        let Err(error) = read("CIS_SMTP=127.0.0.1:2525\nCIS_API_URL=https://localhost:1\n") else {
            panic!("an environment without a table was taken");
        };
        let text = error.to_string();
        for name in [
            "CIS_MAILBOX_URL",
            "CIS_API_TOKEN",
            "CIS_TABLE",
            "AWS_CA_BUNDLE",
        ] {
            assert!(text.contains(name), "{text}");
        }
    }
}
