// What letters use although a mail program they are for lacks it, and why that does no harm. By the names of
// caniemail.com. scripts/check-letters fails on what is not here, and on what is here and no letter needs any more.

const OLD_WINDOWS = ["outlook.windows", "outlook.windows-mail"];
const GMAIL_APPS = ["gmail.android", "gmail.desktop-webmail", "gmail.ios"];
const OUTLOOK_APPS = ["outlook.android", "outlook.ios", "outlook.outlook-com"];

const DARK =
  "Gmail and Outlook darken letters by themselves, and leave what is said to others alone: dark text on light turns light on dark.";
const PREVIEW =
  "Keeps the line that mail programs show in their lists out of the letter. Where it stays, a sentence of the letter is read twice.";

export const LACKED = {
  "color-scheme CSS property": {
    in: [...GMAIL_APPS, ...OUTLOOK_APPS, "gmail.mobile-webmail", "outlook.macos", "outlook.windows"],
    why: DARK,
  },
  "color-scheme meta tag": {
    in: [...GMAIL_APPS, ...OUTLOOK_APPS, ...OLD_WINDOWS, "apple-mail.ios", "gmail.mobile-webmail", "outlook.macos"],
    why: DARK,
  },
  "@media": {
    in: [...OLD_WINDOWS, "gmail.mobile-webmail", "thunderbird.macos"],
    why: "Makes margins narrow on a phone and colours dark at night. A letter is whole without it: its width is all there is, up to 600 pixels.",
  },
  "<style> element": {
    in: ["gmail.mobile-webmail"],
    why: "Everything but @media stands with the elements themselves.",
  },
  "<body> element": {
    in: ["outlook.macos"],
    why: "The ground is painted by the outermost table as well.",
  },
  "display:none": { in: ["gmail.mobile-webmail"], why: PREVIEW },
  opacity: { in: [...OLD_WINDOWS, "gmail.mobile-webmail"], why: PREVIEW },
  "max-height property": { in: OLD_WINDOWS, why: PREVIEW },
  overflow: { in: OLD_WINDOWS, why: `${PREVIEW} And cuts the corners of what stands in a round one, which is square there.` },
  "border-radius": { in: OLD_WINDOWS, why: "Corners are square there." },
  "overflow-wrap": {
    in: [...GMAIL_APPS, ...OUTLOOK_APPS, ...OLD_WINDOWS],
    why: "Breaks a word longer than the letter is wide, such as a link. Beside it stands word-break, which all of them but the last have.",
  },
  "word-break": {
    in: ["outlook.windows-mail"],
    why: "Breaks a word longer than the letter is wide; there such a word makes the letter wider.",
  },
  "role attribute": {
    in: ["outlook.windows-mail"],
    why: "Says to screen readers that a table is no table of figures. Without it they name its cells, in the right order.",
  },
  "aria-hidden attribute": {
    in: ["outlook.windows-mail", "thunderbird.macos"],
    why: "Spares screen readers the calendar leaf, which says the date once more.",
  },
  "system-ui, ui-serif, ui-sans-serif, ui-rounded, ui-monospace": {
    in: OLD_WINDOWS,
    why: "Menlo, Consolas and monospace follow it.",
  },
};

const VALUES = "Of what it may be, only values are used that all of them have.";
const OUTLOOK_NEAR = "Outlook for Windows shows it a little different, and nothing is lost by it.";

export const PARTLY = {
  "<body> element": "Gmail and Outlook put what it says on an element of their own. The ground is painted by the outermost table as well.",
  "<style> element": "It stands in the head, once, before what it is for, and is a tenth of the 16 KB Gmail reads.",
  "@media": "Those used are of the width and of the dark, not nested. Without them a letter is whole.",
  "align attribute": "Only used for the middle.",
  background: "Only colours.",
  border: "All are of one pixel, and none is of a paragraph.",
  "dir attribute": "Always ltr, and never of a link.",
  display: "Only to hide the line of previews, and for the logo.",
  "display:none": PREVIEW,
  "font-size": "Always in pixels.",
  "font-weight": "Always 600, which is bold there.",
  "height attribute": "Only of the strip at the head and of the logo, which may be a little larger.",
  "height property": "Only of the strip at the head and of the logo, which have the attribute, too.",
  "letter-spacing": VALUES,
  "line-height": OUTLOOK_NEAR,
  margin: "Never below zero, never of a span, and none that must be kept.",
  "max-width": "Where a table's is not kept, the letter is as wide as the window; Outlook for Windows gets a table of 600 pixels around it.",
  overflow: PREVIEW,
  "overflow-wrap": "Beside it stands word-break.",
  padding: "Only of cells, but for the outermost table's, which is all around.",
  "system-ui, ui-serif, ui-sans-serif, ui-rounded, ui-monospace": "Menlo, Consolas and monospace follow it.",
  "text-decoration": "Only one value. Where it lacks, a cancelled event is not struck through, and the letter says that it does not take place.",
  "text-transform": "Only upper case, of the month's name in the calendar leaf.",
  "width attribute": "Of tables and cells, not of pictures.",
  "width property": "Of tables and cells; that of the body and the logo says what is so anyway.",
  "word-break": "What is to be broken are words too long for a line, which break anywhere.",
};
