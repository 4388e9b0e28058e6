"""`scripts/dev`: reads the command line and runs one command."""

import argparse
import os
import sys

from stack import commands
from stack.progress import say, warn
from stack.settings import Refusal, read_settings

EPILOG = """\
Everything it installs is in .tools, everything it writes in .local. Ports can be set: CIS_CLOUD_PORT (4566),
CIS_SES_PORT (4579), CIS_SMTP_PORT (2525), CIS_MAILBOX_SMTP_PORT (1025), CIS_MAILBOX_PORT (1080)."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/dev",
        description="Runs the whole Calendar Invite Server on this machine. Without a command: brings it up, or takes "
        "up what is there, deploys what changed, and shows where to look.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--story", action="store_true", help="play the sample story once; 0 only if each step was seen")
    subcommands = parser.add_subparsers(dest="command", metavar="command")
    subcommands.add_parser("cloud", help="start only the local cloud and the mailbox")
    subcommands.add_parser("stop", help="stop everything; data and installed tools stay")
    subcommands.add_parser("status", help="what runs, and where; 0 only if all of it does")
    logs = subcommands.add_parser("logs", help="the log of a function, or of cloud, local-ses, mailbox; all functions")
    logs.add_argument("name", nargs="?", help="for example receive-mail")
    logs.add_argument("--follow", "-f", action="store_true", help="go on with what is logged from now")
    subcommands.add_parser("reset", help="stop everything and forget all data; installed tools stay")
    arguments = parser.parse_args()

    try:
        settings = read_settings()
        match arguments.command:
            case "cloud":
                commands.cloud_only(settings)
            case "stop":
                commands.stop(settings)
            case "status":
                return commands.status(settings)
            case "logs":
                commands.logs(settings, arguments.name, follow=arguments.follow)
            case "reset":
                commands.reset(settings)
            case _ if arguments.story:
                return commands.story(settings)
            case _:
                return commands.up(settings)
    except Refusal as refusal:
        warn(f"\n{refusal}")
        return 1
    except BrokenPipeError:
        # Whoever read our output has read enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. What already runs goes on: scripts/dev takes it up, scripts/dev stop ends it.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
