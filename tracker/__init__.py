"""tracker: reads government documents, tracks every dated commitment, reminds each agency in time.

Glossary. One word, one meaning; a new noun is added here first.

Document     a source: its text, title, issuer and publication date
Item         a numbered task or pilot of a document
Section      its 目标, 进展 or 安排 part; Clause a piece of it that ends at 。 or ；
Remark       a label line (牵头单位：…) or bracket (…负责，8月底前完成) that speaks of the whole item
Timex        what a time expression denotes: DATE, DURATION or SET, with TIMEX3 `value` and `mod`; days are inclusive
Mention      a Timex where it stands in the text, with the grammar rows that read it
Reference    the day and year that a mention's missing parts are taken from
TableRow     a line of a table, by its cells
Parse        the words of a time expression and the grammar rows that fit them, before a reference is known
Role         what a mention does in its clause: deadline, window, recurrence, duration, past, name, attribute,
             present; undated where the words of a duty set no day (长期坚持)
Sighting     a mention and its fate: tracked, set aside with a reason, or waiting for a person
Question     what waits for a person: a Mention without a milestone, or a Milestone whose day is open to doubt
Verdict      what a person made of a Mention: a milestone, or nothing, with a reason
Commitment   an obligation as the document states it; never edited
Reading      one text of a document with what was extracted from it
Fingerprint  the hash of all that decides a reading: equal ones need not be read again
Workers      whoever reads many files: this process, processes beside it, a cluster; they never write
Target       a quantity that a commitment promises: indicator, comparator, value, unit, and the base of a change
Gauge        what was read of a target on a day; Progress holds the last one against the straight line to it
Milestone    the obligation as the office tracks it: baseline due day, current due day, status, history
Schedule     a milestone without its words: its days, agencies and pauses, which decide when whom is told
Series       the milestones of one recurring commitment; each is an occurrence
Status       open, claimed, completed, cancelled: stored, set by people
Standing     overdue, due_soon, upcoming, undated, closed: computed for a day, never stored
Precision    day, dekad, month, quarter, half, year, plan: how exactly the words name the last day
Change       what a reading of a document alters: Added, Moved, Reworded, Withdrawn
Amendment    a milestone before and after its document was revised, and what was done: brought forward, put off, …
Revision     an amendment as a digest or a report says it
Slip         a day that was put off; silent where a document did it and nobody approved
Duty         what several milestones are that say the same; one of them stands for all
Suggestion   milestones that may be one duty, until the office says so
Entry        one line of a milestone's append-only history
Decision     entries that were written together; they are undone together
Chain        the history by its hashes: each entry's is of the one before it and of its own fields
Head         where the chain ends: how many entries there are, and the hash of the last
Agency       a responsible body; it leads (牵头) or supports (配合)
Full name    what makes two names one agency: the place, the organ in full, its ending
Group        an agency that stands for others, its members: 各区县（市）人民政府
Office       the supervision office that runs the tracker; it gets a digest of its own
Reminder     one (milestone, rule, planned day, agency) that is owed
Rung         a rule of the ladder of lead times, or a repeat after the last day: it plans a Reminder
Ledger       the reminders that were decided, each once
Remarks      what people noted of a milestone: progress (进展), note (备注), evidence (佐证); they decide nothing
Mark         what a row of an exported ledger (台账) carries, so that it is known again when it comes back
Digest       what one agency is told in one issue (第N期)
Message      a digest rendered for a channel
Outbox       messages frozen as bytes, on their way
Receipt      what became of a message with one recipient, where that is not the same for all
Suspension   an address to which nothing goes, since a server refused it for good
Report       a delivery-status message (RFC 3464): what came back, and why
Brief        the short text of a digest for chats; the mail has everything
Business day the day for which a command answers, in the configured time zone
Working day  a day on which offices work, 调休 included
Problem      something unreadable in the input: a value, collected and shown, never an abort
"""

__version__ = "0.1.0"
