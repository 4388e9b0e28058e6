"""Where to look, once the stack is up."""

import shlex

from stack.environment_file import read_environment
from stack.progress import say
from stack.settings import MAIL_DOMAIN, Settings


def show(settings: Settings) -> None:
    known = read_environment(settings)
    smtp = f"127.0.0.1:{settings.ports['CIS_SMTP_PORT']}"
    certificate = shlex.quote(str(settings.certificate))
    environment = shlex.quote(str(settings.environment_file))
    say(f"""
The Calendar Invite Server runs on this machine.

  Mailbox     {settings.mailbox_url}
              everything the system sends, to whomever, ends here
  Mail in     SMTP at {smtp}
              invitations, updates and cancellations to anything@{MAIL_DOMAIN}
              from any address: the sender is believed because the mail comes from this machine
  API         {known["CIS_API_URL"]}
              . {environment}
              curl --cacert {certificate} -H "Authorization: Bearer $CIS_API_TOKEN" "$CIS_API_URL/event/<uid>"
              the token is an administrator's and good for an hour; scripts/dev makes a new one
  AWS         set -a; . {environment}; set +a   then any AWS client, for example the AWS CLI
  Logs        scripts/dev logs [function] [--follow]   and the files in {settings.logs}
  Story       scripts/dev --story
  Stop        scripts/dev stop   (reset: also forgets all data)""")
