use std::{borrow::Cow, rc::Rc};

use cloud::{Cloud, env::Reader, mailer::Mailer, secrets, table::Table, tenant::Tenant};
use invite::{id::TenantKey, letter::Sender};

use super::own_letters::OwnLetters;

/// The environment of this process, as far as it was read.
type Environment = Reader<fn(&str) -> Option<String>>;

/// The tenant's table and key, which most functions need.
pub(crate) struct Started {
    pub(crate) cloud: Cloud,
    pub(crate) table: Table,
    pub(crate) key: TenantKey,
}

impl Started {
    /// Reads what is left of the environment, then the key; hands back what was parsed before.
    pub(crate) async fn with<T>(
        mut env: Environment,
        parsed: Option<T>,
    ) -> anyhow::Result<(Self, T)> {
        let table = env.text("DYNAMODB_TABLE");
        let secret = env.text("TENANT_KEY_SECRET");
        let parsed = env.finish(parsed)?;
        let cloud = Cloud::from_env().await;
        let started = Self {
            key: secrets::tenant_key(&cloud, &secret).await?,
            table: Table::new(&cloud, table),
            cloud,
        };
        Ok((started, parsed))
    }
}

/// What a function needs that writes letters and sends them.
#[derive(Clone)]
pub(crate) struct PostOffice {
    pub(crate) cloud: Cloud,
    pub(crate) table: Table,
    pub(crate) mailer: Mailer,
    pub(crate) sender: Sender,
    /// Organizers are told when nobody more is invited to an event of theirs.
    pub(crate) tells_of_limits: bool,
    /// What the tenant says in its own words, if it does.
    own_letters: Option<Rc<OwnLetters>>,
}

impl PostOffice {
    /// Reads what is left of the environment, then the key.
    pub(crate) async fn open(mut env: Environment) -> anyhow::Result<Self> {
        let pages = env.text("API_URL");
        let configuration_set = env.text("CONFIGURATION_SET");
        let mail_domain = env.text("MAIL_DOMAIN");
        let tenant = env.parsed("TENANT", Tenant::parse);
        let (started, tenant) = Started::with(env, tenant).await?;
        let own_letters = tenant
            .letters_bucket
            .clone()
            .map(|bucket| Rc::new(OwnLetters::new(&started.cloud, bucket, tenant.language)));
        let office = Self {
            own_letters,
            mailer: Mailer::open(&started.cloud, configuration_set).await?,
            sender: Sender {
                pages: Some(pages),
                ..tenant.sender(&mail_domain, started.key)
            },
            table: started.table,
            cloud: started.cloud,
            tells_of_limits: tenant.tells_of_limits,
        };
        Ok(office.up_to_date().await.into_owned())
    }

    /// With the tenant's letters as they are now: asked before a message is worked on, so that one letter is not written by
    /// two of them.
    pub(crate) async fn up_to_date(&self) -> Cow<'_, Self> {
        let Some(own_letters) = &self.own_letters else {
            return Cow::Borrowed(self);
        };
        let templates = own_letters.now().await;
        Cow::Owned(Self {
            sender: Sender {
                templates,
                ..self.sender.clone()
            },
            ..self.clone()
        })
    }
}
