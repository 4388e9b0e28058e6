// Reads with ical.js what letters.py read, and compares. Times go by the calendar's own VTIMEZONE.
// Standard input: the JSON of letters.py. Exit 1 on any fault or disagreement.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";

const tools = process.argv[2];
const require = createRequire(pathToFileURL(join(tools, "package.json")));
const { default: ICAL } = await import(pathToFileURL(require.resolve("ical.js")).href);

const faultsOfConsole = [];
console.warn = console.error = (...words) => faultsOfConsole.push(words.join(" "));

function moment(property, zones) {
  return property ? momentOf(property.getFirstValue(), property, zones) : null;
}

function moments(event, name, zones) {
  const properties = event.getAllProperties(name);
  return properties.flatMap((property) => property.getValues().map((time) => momentOf(time, property, zones))).sort();
}

function momentOf(time, property, zones) {
  const two = (number) => String(number).padStart(2, "0");
  const day = `${String(time.year).padStart(4, "0")}-${two(time.month)}-${two(time.day)}`;
  if (time.isDate) return `day ${day}`;
  const tzid = property.getParameter("tzid");
  if (tzid) {
    const zone = zones.get(tzid);
    if (!zone) throw new Error(`no VTIMEZONE before the event for ${tzid}`);
    time.zone = zone;
  } else if (time.zone !== ICAL.Timezone.utcTimezone) {
    return `floating ${day}T${two(time.hour)}:${two(time.minute)}:${two(time.second)}`;
  }
  return `instant ${time.toUnixTime()}`;
}

function fieldsOf(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const names = calendar.getAllSubcomponents().map((component) => component.name);
  if (names.lastIndexOf("vtimezone") > names.indexOf("vevent")) throw new Error("a VTIMEZONE after the event");
  const zones = new Map(
    calendar.getAllSubcomponents("vtimezone").map((component) => [
      component.getFirstPropertyValue("tzid"),
      new ICAL.Timezone(component),
    ]),
  );
  const events = calendar.getAllSubcomponents("vevent");
  return {
    method: calendar.getFirstPropertyValue("method"),
    events: events.map((event) => fieldsOfEvent(event, zones)),
  };
}

function fieldsOfEvent(event, zones) {
  const value = (name) => event.getFirstPropertyValue(name);
  return {
    uid: value("uid"),
    "recurrence id": moment(event.getFirstProperty("recurrence-id"), zones),
    sequence: value("sequence"),
    start: moment(event.getFirstProperty("dtstart"), zones),
    end: moment(event.getFirstProperty("dtend"), zones),
    exdates: moments(event, "exdate", zones),
    rdates: moments(event, "rdate", zones),
    organizer: value("organizer").toLowerCase(),
    attendee: value("attendee").toLowerCase(),
    summary: value("summary"),
    status: value("status"),
  };
}

const mails = JSON.parse(readFileSync(0, "utf8"));
let calendars = 0;
let faulty = 0;
for (const mail of mails) {
  const faults = mail.faults;
  for (const { fields, text } of mail.calendars) {
    calendars += 1;
    try {
      const found = fieldsOf(text);
      for (const [name, expected] of Object.entries(fields)) {
        if (JSON.stringify(found[name]) !== JSON.stringify(expected)) {
          faults.push(`${name}: icalendar reads ${JSON.stringify(expected)}, ical.js ${JSON.stringify(found[name])}`);
        }
      }
    } catch (error) {
      faults.push(`ical.js: ${error.message}`);
    }
    faults.push(...faultsOfConsole.splice(0).map((words) => `ical.js warns: ${words}`));
  }
  if (faults.length > 0) {
    faulty += 1;
    process.stdout.write(`${mail.file}\n${faults.map((fault) => `  ${fault}\n`).join("")}`);
  }
}
process.stdout.write(`${mails.length} letters, ${calendars} calendars read twice, ${faulty} with faults\n`);
process.exit(faulty > 0 ? 1 : 0);
