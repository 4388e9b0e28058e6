// ical.js. Asked and answering line by line, as python_icalendar.py says.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(join(process.argv[2], "package.json")));
const { default: ICAL } = await import(pathToFileURL(require.resolve("ical.js")).href);
console.warn = console.error = () => {};

const iso = (time) => {
  const two = (number) => String(number).padStart(2, "0");
  const day = `${String(time.year).padStart(4, "0")}-${two(time.month)}-${two(time.day)}`;
  return time.isDate ? day : `${day}T${two(time.hour)}:${two(time.minute)}:${two(time.second)}`;
};

/** `noZone`: the property names a zone this library cannot know, for it has no database. */
function moment(time, noZone = false) {
  if (!time) return null;
  if (time.isDate) return { kind: "day", at: iso(time), offset: null };
  if (noZone) return { kind: "no-zone", at: iso(time), offset: null };
  if (time.zone === ICAL.Timezone.localTimezone || time.zone === null) {
    return { kind: "floating", at: iso(time), offset: null };
  }
  return { kind: "instant", at: `${iso(time.convertToZone(ICAL.Timezone.utcTimezone))}Z`, offset: time.utcOffset() };
}

function zoneIsUnknown(component, name) {
  const tzid = component.getFirstProperty(name)?.getParameter("tzid");
  return Boolean(tzid) && !component.parent.getTimeZoneByID(tzid);
}

function occurrences(master, exceptions, most, noZone) {
  const event = new ICAL.Event(master, { exceptions });
  const iterator = event.iterator();
  const found = [];
  for (let next; found.length < most && (next = iterator.next()); ) {
    const start = event.getOccurrenceDetails(next).startDate;
    found.push(moment(start, noZone));
  }
  return found;
}

function read(text, most) {
  const parsed = ICAL.parse(text);
  const roots = Array.isArray(parsed[0]) ? parsed : [parsed];
  const events = [];
  for (const root of roots) {
    const calendar = new ICAL.Component(root);
    const all = calendar.getAllSubcomponents("vevent");
    for (const component of all) {
      if (!component.hasProperty("dtstart")) continue;
      try {
        events.push(shown(component, all, most));
      } catch (error) {
        events.push({ uid: uidOf(component), instance: null, broken: String(error.message) });
      }
    }
  }
  return { events };
}

function shown(component, all, most) {
  const event = new ICAL.Event(component, { exceptions: [] });
  const noZone = zoneIsUnknown(component, "dtstart");
  const isInstance = component.hasProperty("recurrence-id");
  let dates = null;
  if (!isInstance && (component.hasProperty("rrule") || component.hasProperty("rdate"))) {
    const exceptions = all.filter((other) => other.hasProperty("recurrence-id") && uidOf(other) === uidOf(component));
    try {
      dates = most > 0 ? occurrences(component, exceptions, most, noZone) : [];
    } catch (error) {
      dates = String(error.message);
    }
  }
  const endOf = component.hasProperty("dtend") ? zoneIsUnknown(component, "dtend") : noZone;
  return {
    uid: uidOf(component),
    instance: isInstance ? moment(event.recurrenceId, zoneIsUnknown(component, "recurrence-id")) : null,
    start: moment(event.startDate, noZone),
    end: moment(event.endDate, endOf),
    occurrences: dates,
  };
}

const uidOf = (component) => component.getFirstPropertyValue("uid") ?? null;

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let answer;
  try {
    answer = read(asked.text, asked.most);
  } catch (error) {
    answer = { error: String(error.message) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
