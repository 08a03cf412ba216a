# The figures and days in these messages arrive formatted; see text/figure.rs.

# The page
page-title = Reconciliation of fees, { $day }
page-heading = Reconciliation of fees
page-subtitle = Business date { $day }
version-note = Version { $version } of this night
personal-note = Holds masked personal data. For internal use.
nav-label = Sections of the report
light-label = Verdict against the target
tiles-label = The five numbers of the night

# The light
verdict-met = Met
verdict-missed = Missed
verdict-undecided = Undecided
verdict-no-data = No data
verdict-none = No target
why-met = { $name }, { $period }: { $share }, proven to lie between { $low } and { $high }; even the lower bound reaches the target of { $target }.
why-missed = { $name }, { $period }: { $share }, proven to lie between { $low } and { $high }; even the upper bound stays below the target of { $target }.
why-undecided = { $name }, { $period }: { $share }, but only { $low } to { $high } is proven, so nothing can be concluded about the target of { $target }.
why-undecided-list = { $name }, { $period }: { $share }, but only { $low } to { $high } is proven; { $ways }.
why-way-met = if the { $n } deciding exceptions below all turn out well, the target of { $target } is met for certain
why-way-missed = if the { $n } deciding exceptions below all turn out badly, the target of { $target } is missed for certain
why-ways = { $met }; { $missed }
why-incomplete = No verdict, because data of { $sources } is missing; what has come gives { $name }, { $period }: { $share } ({ $low } to { $high }, target { $target }).
why-untied = No verdict, because the figures do not tie: a source reports other totals than we hold. See the warnings below; the export files are withheld.
why-no-target = { $name }, { $period }: { $share }, proven to lie between { $low } and { $high }; no target is set.
why-no-data = There is no payment yet from which a share could be computed.
why-no-data-incomplete = There are no figures to compute the share from, because data of { $sources } has not come.

# Banners
banner-heading = Warnings
banner-untied = Source { $source } reports { $expected } rows, { $expected_sum }, but we hold { $count } rows, { $sum }.
banner-untied-advice = Operators pull this source again and run the night again; if it still differs, ask the provider. Do not use this night's figures.
banner-lost = Rows in and rows out differ for source { $source }, kind { $kind }: by { $rows } rows, { $sum }.
banner-lost-advice = This is a fault of the program, not of the data. Tell the operators, with the run id.
banner-late = Source { $source } has not delivered yet and is still in time.
banner-late-advice = Nothing to do yet; the next night asks again.
banner-partial = Source { $source } delivered only a part.
banner-partial-advice = Operators check the source and run the night again; what is missing stays on the list.
banner-missing = Nothing came from source { $source }.
banner-missing-advice = Operators check the connection or the folder, call the provider if needed, and run the night again.
banner-refused = Source { $source } refused our credentials or its signature did not verify; no row of this pull is used.
banner-refused-advice = Operators check the configured keys with the provider and run the night again.
withheld-note = The exports (links.csv, exceptions.csv, share.csv) are not published, because the figures do not tie.

# Tiles
tile-transactions = Transactions of the day
tile-share = Cashless share
tile-target = target { $target }
tile-no-target = no target set
tile-open = Value not matched
tile-exceptions = Exceptions to settle
tile-overdue = At risk for more than { $days } days
tile-rows = rows: { $n }
change-night = { $moved } since the night before
change-points = { $points } points since the night before
change-none = unchanged since the night before

# The share
share-heading = Shares and targets
share-intro = The bounds are proven: however the open exceptions are settled, the true share lies between them.
share-chart = Chart: share { $share }, proven interval { $low } to { $high }, target { $target }
share-proven = proven interval
share-outer = outer bound
share-outer-note = Outer bound: some exceptions depend on each other, so the interval may be wider than needed, never narrower.
share-estimated = Estimated with all data: { $low } to { $high } ({ $basis })
share-not-enough = not enough data
share-empty = no data
share-deciding-met = A short list that proves the target met, if all turn out well ({ $n })
share-deciding-missed = A short list that proves the target missed, if all turn out badly ({ $n })
column-definition = Indicator
column-period = Period
column-share = Share
column-interval = Proven
column-target = Target
column-verdict = Verdict
period-year = Year { $year } to date
period-month = Month { $month } to date
period-night = Day { $day }
period-whole-month = Month { $month }
period-whole-quarter = Quarter { $quarter } of { $year }
period-whole-year = Year { $year }
period-range = From { $from } to { $to }

# Agencies and instruments
agency-heading = By agency
agency-intro = { $name }, { $period }. The upright line is the target, the bar the share, the whisker the proven interval. A payment for several agencies counts in each of them.
agency-bar = { $agency }: { $share }, { $low } to { $high }
column-agency = Agency
column-cashless = Cashless / all
column-work = To settle
instrument-heading = By means of payment
instrument-intro = Payments dated { $day }, each counted once; without duplicates, batch lines and cash banked later.
column-instrument = Means
column-count = Count
column-sum = Amount
column-not-matched = Not matched yet
instrument-transfer = Bank transfer
instrument-qr = QR payment
instrument-wallet = E-wallet
instrument-card = Card
instrument-mobile-money = Mobile money
instrument-portal = Public service portal
instrument-cash = Cash
instrument-post = Public post
instrument-none = Not said
row-total = Total

# Breakdowns and grey zones
cells-unit = By agency, sub-units included
cells-current = By the present structure (successors take over the figures of their predecessors)
cells-procedure = By procedure
cells-field = By field
cells-source = By source
cells-instrument = The share by means of payment
cells-not-told = Not told
cells-more = … and { $n } more rows in run.json
cells-note = A payment counts once in each row that it belongs to and once in the total, so rows need not add up. What may belong to any row widens the interval of each.
column-procedure = Procedure
column-field = Field
grey-heading = Payments that may be cash after all
grey-row = { $zone }: { $n }, counted as { $as }. { $others }.
grey-other = Counted as { $as }, the share would be { $share }
grey-bank-cash = Cash paid in at a bank, into the agency's account
grey-on-behalf = Paid on others' behalf
grey-post = Cash collected by the post and remitted
grey-as-cashless = cashless
grey-as-cash = cash
grey-as-out = outside the indicator

# Exceptions
exception-heading = Exceptions
exception-intro = Ordered by effect on the verdict, then money, then age.
exception-more = { $n } more exceptions are in exceptions.csv.
exception-none = There is no exception to settle.
exception-rejects = Besides there are { $n } unreadable rows, see that section.
exception-by-class = By class
exception-by-age = By age
filter-label = Filter the list
filter-all = All
filter-deciding = Deciding
filter-action = Action
filter-warn = To look at
filter-new = New tonight
severity-action = Action
severity-warn = To look at
severity-info = For information
badge-deciding = deciding
badge-new = new
column-class = Class
column-row = Dossier, row
column-age = Age
column-money-at-risk = Money at risk
age-days = { $n } days
age-today = Today
age-1 = 1 day
age-2-3 = 2–3 days
age-4-7 = 4–7 days
age-more = More than 7 days
part-evidence = Seen
part-nearest = Nearest, not taken
part-suggestions = Suggestions
part-also = Also
part-advice = What to do
part-data = Original data
side-fee = fee
side-txn = transaction
side-receipt = receipt
field-source = Source
field-paid-at = Time
field-memo = Memo
field-order = Reference
field-payer = Payer
field-account = Account
field-bank-ref = Bank reference
field-receipt-no = Receipt no.
field-collected-at = Collected at
field-cashier = Cashier
field-procedure = Procedure
field-declared = Declared
field-due-at = Due
field-exception = Exception

# Changes
change-heading = Changes since the night before
change-counts = New { $opened }, settled { $closed }.
change-closed = Settled

# Rejects
reject-heading = Unreadable rows
reject-none = Every row could be read.
reject-intro = These rows are kept as they came and counted, but take no part in the reconciliation.
reject-more = { $n } more rows are in exceptions.csv.
reject-at = line { $line }, column “{ $column }”
column-file = File, place
column-value = Value
column-reason = Reason
column-advice = What to do

# Sources and tie-out
source-heading = Sources
source-all = Every source delivered everything.
source-some = A source is not complete: this night cannot be green.
source-complete = Complete
source-late = Not yet, in time
source-partial = Partial
source-missing = Missing
source-refused = Refused
source-optional = not required
source-missing-days = missing days { $days }
source-unreadable = { $bad } of { $all } rows could not be read, too many to count as complete: see the unreadable rows, ask for the data again, then run again
file-quarantined = a file is quarantined, none of its rows was read: { $why }
statement-gap = { $file }: opening + credits - debits differs from the closing balance by { $gap } VND; fetch the statement of the whole period from the bank again, then run again
statement-unchecked = { $file }: { $n } rows could not be read, so the balances could not be checked; see the unreadable rows
statement-early = { $file }: the file was written before { $day } had ended; fetch the statement again after midnight, then run again
source-missing-orders = { $n } orders not answered
source-no-control = tells none
source-ties = ties
source-untied = DIFFERS
column-source = Source
column-state = State
column-rows = Rows
column-arrived = Arrived late
column-rejects = Unreadable
column-control = Own totals
tie-heading = Totals that tie
tie-intro = Each row that came in belongs to exactly one of four groups. The difference must be 0, in rows and in dong.
tie-cash = Counter receipts
tie-registry = One-stop system
tie-total = All money sources
column-kind = Kind
column-in = In
column-matched = Matched
column-open = Open
column-rejected = Unreadable
column-excluded = Excluded
column-difference = Difference
kind-payment = payment
kind-refund = refund
kind-reversal = reversal
kind-debit = debit
kind-receipt = receipt
kind-fee = fee line
kind-reject = unreadable
status-success = success
status-failed = failed
status-pending = pending
status-void = void
status-unmapped = unknown status

# Annex
annex-heading = Annex
annex-definitions = Definitions
annex-run = The run
annex-files = Beside this report: exceptions.csv (all exceptions), links.csv (matched), share.csv (shares), run.json, SHA256SUMS.
run-id = Run
run-version = Version of the night
run-replaces = Replaces
run-exit = Exit codes
run-program = Program version
run-margin = Pairing without a code
run-margin-set = only { $margin }/1000 or more ahead of the next best (as set)
run-margin-found = only { $margin }/1000 or more ahead of the next best: at most { $budget } are false (95% confidence), by { $labelled } payments of known dossiers ({ $taken } trial pairs, { $wrong } false)
run-margin-never = none is made: { $labelled } payments of known dossiers do not show that at most { $budget } would be false
run-input = Digest of the input
run-rules = Digest of the rules
run-output = Digest of the output
sign-prepared = Prepared by
sign-checked = Checked by
sign-accountant = Chief accountant
sign-hint = (Signature, name)
sign-date = Date ……………………

# Rows that could not be read: reason and advice for each code

letter-heading = Text to send
letter-to-provider = To: { $source } (bank or payment provider)
letter-to-providers = To: the bank and the payment providers
letter-to-office = To: the one-stop office that received the dossier
letter-txn-unidentified = Please trace transaction { $id } of { $day }, { $amount }: the memo we received names no dossier. We need the full memo and the payer to find it.
letter-txn-orphan = Please trace transaction { $id } of { $day }, { $amount }: the dossier code in its memo does not exist. We need the full memo and the payer.
letter-txn-foreign = Please trace transaction { $id } of { $day }, { $amount }: its memo names a dossier of another province. Was it sent to the right account?
letter-txn-ambiguous = Please trace transaction { $id } of { $day }, { $amount }: its memo fits several dossiers. We need the full memo and the payer.
letter-txn-near-reference = Please trace transaction { $id } of { $day }, { $amount }: the dossier code in its memo may have one wrong character. We need the full memo and the payer.
letter-txn-duplicate = Transaction { $id } of { $day }, { $amount }, pays dossier { $dossier } a second time. Please confirm that it was credited and how it is returned to the payer.
letter-txn-overpaid = Transaction { $id } of { $day }, { $amount }, is more than dossier { $dossier } owes. Please confirm the amount credited and how the surplus is returned.
letter-txn-unlinked-refund = Which payment does refund { $id } of { $day }, { $amount }, return?
letter-txn-conflict = Transaction { $id } of { $day } came with two different contents; we hold { $amount }. Which one is right?
letter-txn-pending = What is the final state of transaction { $id } of { $day }, { $amount }?
letter-txn-status-mismatch = Please confirm the final state of transaction { $id } of { $day }, { $amount }.
letter-fee-missing-payment = The registry says that fee { $id } of dossier { $dossier }, { $amount }, was paid without cash, but no transaction was seen. Please look for it and send its id and the time it was credited.
letter-fee-missing-receipt = Fee { $id } of dossier { $dossier }, { $amount }, is marked as paid in cash but has no valid receipt. Please send the receipt number or correct the status.
letter-fee-status-mismatch = The payment status of fee { $id }, dossier { $dossier }, { $amount }, does not fit the transactions seen. Please check and correct it.
letter-fee-conflict = Fee { $id } of dossier { $dossier }, held as { $amount }, was exported with two different contents in one file. Please say which is right and export again.
letter-receipt-receipt-mismatch = Receipt { $id } of { $day }, { $amount }, does not fit what dossier { $dossier } owes. Please check and correct it.
letter-receipt-conflict = Receipt { $id } of { $day }, held as { $amount }, was exported with two different contents. Please say which is right and export again.

pairing-heading = Paired without the exact code
pairing-intro = Payments that were paired although their text does not give the dossier code exactly, new or changed tonight. They are looked at again in the coming days; where one is wrong, decide on the payment.
pairing-how = How
pairing-dossier = Dossier
pairing-score = { $score } of 1000, { $margin } ahead of the next
pairing-second = Next best

estimate-basis = from { $days } earlier complete days of { $sources }

what-if-heading = If a rule were set otherwise
what-if-intro = The same rows, settled again with a neighbouring value of one rule in [rules]. Only values that change something are listed; none is applied.
what-if-setting = Rule
what-if-won = Linked more or otherwise
what-if-lost = No longer linked
what-if-share = Share to date
what-if-ambiguous = ({ $n } of them ambiguous now)

# The workbook: sheets
sheet-exceptions = Exceptions

# The workbook: columns of the sheet of exceptions
book-exception-id = Exception id
book-class = Class id
book-run-id = Run id
book-work = Needs work
book-severity = Severity
book-label = Class
book-dossier-code = Dossier
book-agency = Agency
book-amount = Money at risk (dong)
book-age = Age (days)
book-evidence = Seen
book-advice = What to do
book-decision = Decision
book-target = Dossier or transaction
book-assignee = Assigned to
book-reason = Reason
book-decided-by = Decided by
book-opened-on = First seen
book-suggestion = Best candidate
book-nearest = Nearest, not taken
book-also = Also
book-side = Row kind
book-source = Source
book-id = Row id
book-row = As it came

# The workbook: what can be decided, as in `exceptions decide`
choice-pair = Pair with one dossier
choice-pair-meaning = The payment is for one dossier or one fee line. Write the dossier code, or dossier code/fee id.
choice-split = Split over several lines
choice-split-meaning = The payment is for several fee lines. Write dossier code/fee id=amount, separated by semicolons.
choice-paid-by = Paid by a transaction
choice-paid-by-meaning = The fee was paid by one transaction. Write source/transaction id.
choice-not-fee = Not a fee
choice-not-fee-meaning = The transaction is no fee.
choice-write-off = Write off
choice-write-off-meaning = Nothing more is expected: off the work list, the shares do not move.
choice-refund-requested = Refund requested
choice-refund-requested-meaning = The refund was asked for; the row waits for it.
choice-undo = Undo the decision
choice-undo-meaning = The earlier decision is taken back; the rules decide again.
