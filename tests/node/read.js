// Reads a calendar from standard input with ical.js, strictly, and prints what it understood as JSON:
// of each event its UID, days and words, and the first days that it recurs on.
import {readFileSync} from "node:fs";
import ICAL from "ical.js";

ICAL.design.strict = true;
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const found = [];
for (const kind of ["vevent", "vtodo"]) {
  for (const component of calendar.getAllSubcomponents(kind)) {
    if (component.hasProperty("recurrence-id")) continue;
    const event = new ICAL.Event(component);
    const days = [];
    if (kind === "vevent" && event.isRecurring()) {
      const iterator = event.iterator();
      for (let next; days.length < 12 && (next = iterator.next());) {
        days.push(event.getOccurrenceDetails(next).startDate.toString());
      }
    }
    const at = (name) => component.getFirstPropertyValue(name)?.toString() ?? null;
    found.push({uid: event.uid, kind, summary: event.summary, start: at("dtstart"), end: at("dtend"), due: at("due"),
      alarms: component.getAllSubcomponents("valarm").map((alarm) => alarm.getFirstPropertyValue("trigger").toSeconds()),
      exceptions: Object.keys(event.exceptions).length, days});
  }
}
console.log(JSON.stringify(found));
