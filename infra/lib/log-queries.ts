/** A question to the logs of all functions of a tenant's stage, in the language of CloudWatch Logs Insights. */
export interface LogQuery {
  readonly name: string;
  readonly query: string;
}

/** Stands where who asks puts in which. */
export const WHICH = 'ID';

/** Lines that say that a tenant's own letter templates, or one of them, are not used; in the language of metric filters. */
export const OWN_LETTERS_NOT_USED = '{ $.template = "*" }';

/**
 * Lines that say that something failed: a message, a batch of the stream, a request, or a panic. Letters of the tenant's own that
 * are not used have an alarm of their own, and fail nothing.
 */
export const FAILURES = '{ ($.level = "ERROR") && ($.template NOT EXISTS) }';

/**
 * Saved beside the dashboard. Fields are those of the lines the functions write (golden/log-lines.jsonl); those with an @
 * are CloudWatch's own.
 */
export const LOG_QUERIES: readonly LogQuery[] = [
  {
    // Of a mail in, of a letter out, or of an event: from the mail on to what it led to, one asks for the event it names.
    name: 'way of a mail or event',
    query: `fields @timestamp, @log, message, outcome, span.reason, error, span.event.id, span.mail.id, span.message.id
| filter span.mail.id = "${WHICH}" or span.event.id = "${WHICH}" or span.message.id = "${WHICH}"
| sort @timestamp asc
| limit 1000`,
  },
  {
    name: 'refusals by reason',
    query: `filter outcome in ["refused", "quarantined", "ignored"]
| stats count(*) as mails by outcome, span.reason
| sort mails desc`,
  },
  {
    name: 'errors',
    query: `filter level = "ERROR" or @message like /Task timed out|Runtime exited|signal: /
| stats count(*) as times, latest(@timestamp) as last, latest(span.event.id) as event by @log, message, error, place
| sort times desc`,
  },
  {
    name: 'slowest',
    query: `filter ispresent(duration_ms)
| fields @timestamp, @log, duration_ms, message, outcome, changes, status, span.route, span.event.id, span.mail.id
| sort duration_ms desc
| limit 100`,
  },
  {
    // Of Lambda itself no function knows: the dashboard does.
    name: 'throttles',
    query: `filter error like /(?i)throttl|too ?many ?requests|rate exceeded|throughput|slow ?down/
| stats count(*) as times by bin(5m), @log`,
  },
];
