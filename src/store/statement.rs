//! Every SQL statement of the program: files of `sql/`, each with the number of its arguments.

use super::StoreError;

/// One statement. Usually one text for both databases.
#[derive(Debug)]
pub struct Statement {
    /// File name without `.sql`.
    pub name: &'static str,
    /// The number of arguments, `$1` to `$n`.
    pub binds: usize,
    sqlite: Option<&'static str>,
    postgres: Option<&'static str>,
}

impl Statement {
    /// The text for SQLite.
    pub fn sqlite(&self) -> Result<&'static str, StoreError> {
        self.sqlite.ok_or_else(|| self.missing("SQLite"))
    }

    /// The text for PostgreSQL.
    pub fn postgres(&self) -> Result<&'static str, StoreError> {
        self.postgres.ok_or_else(|| self.missing("PostgreSQL"))
    }

    fn missing(&self, database: &str) -> StoreError {
        StoreError::Db {
            statement: self.name,
            message: format!("has no text for {database}"),
        }
    }
}

macro_rules! text {
    (both $name:literal, sqlite) => {
        Some(include_str!(concat!("sql/", $name, ".sql")))
    };
    (both $name:literal, postgres) => {
        Some(include_str!(concat!("sql/", $name, ".sql")))
    };
    (split $name:literal, sqlite) => {
        Some(include_str!(concat!("sql/", $name, ".sqlite.sql")))
    };
    (split $name:literal, postgres) => {
        Some(include_str!(concat!("sql/", $name, ".postgres.sql")))
    };
    (sqlite $name:literal, sqlite) => {
        Some(include_str!(concat!("sql/", $name, ".sqlite.sql")))
    };
    (postgres $name:literal, postgres) => {
        Some(include_str!(concat!("sql/", $name, ".postgres.sql")))
    };
    ($which:ident $name:literal, $database:ident) => {
        None
    };
}

macro_rules! statements {
    ($($constant:ident = $which:ident $name:literal $binds:literal;)+) => {
        $(pub(super) static $constant: Statement = Statement {
            name: $name,
            binds: $binds,
            sqlite: text!($which $name, sqlite),
            postgres: text!($which $name, postgres),
        };)+

        /// Every statement; a test prepares each on both databases.
        pub static STATEMENTS: &[&Statement] = &[$(&$constant),+];
    };
}

statements! {
    INSERT_TXN = both "insert_txn" 2;
    UPDATE_TXN = both "update_txn" 1;
    INSERT_TXN_SPELLING = both "insert_txn_spelling" 1;
    DELETE_TXN_SPELLING = both "delete_txn_spelling" 1;
    SELECT_UNTOLD_SPELLING = both "select_untold_spelling" 0;
    SELECT_TXN_TEXT = both "select_txn_text" 2;
    SELECT_TXN_BY_SPELLING = both "select_txn_by_spelling" 2;
    REOPEN_TXN = both "reopen_txn" 1;
    SELECT_TXN_BY_KEY = both "select_txn_by_key" 2;
    SELECT_NEW_TXN = both "select_new_txn" 1;
    SELECT_NEW_TXN_KEY = both "select_new_txn_key" 1;
    SELECT_NEW_DOSSIER = both "select_new_dossier" 1;
    SELECT_TXN_KEY_BY_ID = both "select_txn_key_by_id" 2;
    SELECT_TXN_KEY_BY_BANK_REF = both "select_txn_key_by_bank_ref" 2;
    SELECT_TXN_KEY_BY_ORDER_REF = both "select_txn_key_by_order_ref" 2;
    SELECT_TXN_KEY_BY_WINDOW = both "select_txn_key_by_window" 3;
    SELECT_SUMMED_LINE = both "select_summed_line" 2;
    SELECT_STANDING_ROW = both "select_standing_row" 3;
    SELECT_STANDING_BY_KEY = both "select_standing_by_key" 2;
    SELECT_DAILY_PAYMENT = both "select_daily_payment" 3;
    SELECT_DAILY_CASH = both "select_daily_cash" 2;
    SELECT_SOURCE_COUNT = both "select_source_count" 1;
    SELECT_PERIOD_ROW = both "select_period_row" 3;
    SELECT_GATEWAY_DAY = both "select_gateway_day" 5;
    SELECT_TURNOVER = both "select_turnover" 3;
    INSERT_REJECT_ROW = both "insert_reject_row" 1;
    SELECT_NEW_REJECT_ROW = both "select_new_reject_row" 1;
    SELECT_OPEN_REJECT_ROW = both "select_open_reject_row" 1;
    SELECT_OPEN_REJECT_KEY = both "select_open_reject_key" 1;
    INSERT_CONFLICT_VERSION = both "insert_conflict_version" 1;
    SELECT_CONFLICT_VERSION = both "select_conflict_version" 2;
    SELECT_REJECT_COUNT = both "select_reject_count" 2;
    SELECT_GROUP_BEFORE = both "select_group_before" 2;
    UPSERT_FEED_DAY = both "upsert_feed_day" 2;
    SELECT_INCOMPLETE_DAY = both "select_incomplete_day" 1;
    SELECT_COMPLETE_DAY = both "select_complete_day" 4;
    SELECT_DAY_UNANSWERED = both "select_day_unanswered" 4;
    UPSERT_PROBE = both "upsert_probe" 1;
    SELECT_ANSWERED = both "select_answered" 2;
    SELECT_ORDER_ID_BY_DAY = both "select_order_id_by_day" 3;
    SELECT_ORDER_ID_BY_PAYMENT = both "select_order_id_by_payment" 3;
    SELECT_ORDER_ID_FED = both "select_order_id_fed" 4;
    SELECT_ORDER_ID_REFUNDED = both "select_order_id_refunded" 3;
    SELECT_ORDER_ID_UNASKED = both "select_order_id_unasked" 4;
    SELECT_ORDER_ID_UNANSWERED = both "select_order_id_unanswered" 2;
    SELECT_TXN_DECIDED_AFTER = both "select_txn_decided_after" 2;
    SELECT_ORDER_FAILED = both "select_order_failed" 3;
    SELECT_ORDER_BY_ID = both "select_order_by_id" 2;
    SELECT_DOSSIER_BY_FEE_ID = both "select_dossier_by_fee_id" 2;
    SELECT_ORDER_BY_DOSSIER = both "select_order_by_dossier" 2;
    SELECT_NEW_ORDER = both "select_new_order" 1;
    SELECT_ORDER_SAID = both "select_order_said" 1;
    AMEND_ORDER_VERSION = both "amend_order_version" 1;
    UPSERT_ORDER_VERSION = both "upsert_order_version" 1;
    SELECT_RECEIPT_SAID = both "select_receipt_said" 1;
    AMEND_RECEIPT_VERSION = both "amend_receipt_version" 1;
    UPSERT_RECEIPT_VERSION = both "upsert_receipt_version" 1;
    SELECT_FEE_TOLD = both "select_fee_told" 2;
    SELECT_FEE_SAID = both "select_fee_said" 1;
    AMEND_FEE_VERSION = both "amend_fee_version" 1;
    UPSERT_FEE_VERSION = both "upsert_fee_version" 1;
    SELECT_PROCEDURE = both "select_procedure" 0;
    SELECT_TARIFF = both "select_tariff" 0;
    SELECT_ORDER_PROVIDER = both "select_order_provider" 0;
    SELECT_DECISION = both "select_decision" 0;
    SELECT_DECISION_BY_ROW = both "select_decision_by_row" 2;
    SELECT_LAST_DECISION = both "select_last_decision" 0;
    SELECT_NEW_DECISION = both "select_new_decision" 1;
    INSERT_DECISION = both "insert_decision" 1;
    DECIDE_DECISION = both "decide_decision" 1;
    DUMP_DECISION = both "dump_decision" 0;
    UPSERT_AGENCY_VERSION = both "upsert_agency_version" 1;
    SELECT_AGENCY = both "select_agency" 1;
    UPSERT_DOSSIER = both "upsert_dossier" 1;
    SELECT_DOSSIER_BY_SQUEEZED = both "select_dossier_by_squeezed" 2;
    SELECT_DOSSIER_BEGUN = both "select_dossier_begun" 1;
    SELECT_SQUEEZED_BEGUN = both "select_squeezed_begun" 2;
    SELECT_SETTLED_PAYER = both "select_settled_payer" 2;
    INSERT_EXPORT_FILE = both "insert_export_file" 1;
    SELECT_KNOWN_FILE = both "select_known_file" 1;
    SELECT_NIGHT_FILE = both "select_night_file" 2;
    INSERT_ACCOUNT_STATEMENT = both "insert_account_statement" 1;
    INSERT_STATEMENT_CHECK = both "insert_statement_check" 1;
    SELECT_ACCOUNT_STATEMENT = both "select_account_statement" 3;
    SELECT_FIRST_STATEMENT_DAY = both "select_first_statement_day" 1;
    SELECT_FEE_BY_DOSSIER = both "select_fee_by_dossier" 2;
    SELECT_NEW_FEE = both "select_new_fee" 1;
    SELECT_RECEIPT_BY_DOSSIER = both "select_receipt_by_dossier" 2;
    SELECT_NEW_RECEIPT = both "select_new_receipt" 1;
    SELECT_RECEIPT_DOSSIER_BY_WINDOW = both "select_receipt_dossier_by_window" 2;
    SELECT_OPEN_ROW = both "select_open_row" 1;
    SELECT_OPEN_OWNER = both "select_open_owner" 1;
    SELECT_LINK_BY_DOSSIER = both "select_link_by_dossier" 2;
    SELECT_LINK_BY_MONEY = both "select_link_by_money" 2;
    SELECT_LEG_BY_DOSSIER = both "select_leg_by_dossier" 2;
    SELECT_LEG_BY_MONEY = both "select_leg_by_money" 2;
    SELECT_FIRM_HALF = both "select_firm_half" 1;
    SELECT_FIRM_LATER = both "select_firm_later" 2;
    SELECT_FIRM_DAY = both "select_firm_day" 2;
    SELECT_FIRM_OWNED = both "select_firm_owned" 3;
    FENCE_LEASE = both "fence_lease" 2;
    TAKE_LEASE = both "take_lease" 1;
    RELEASE_LEASE = both "release_lease" 1;
    SELECT_LEASE = both "select_lease" 0;
    TRY_ADVISORY_LOCK = postgres "try_advisory_lock" 1;
    ADVISORY_UNLOCK = postgres "advisory_unlock" 1;
    SELECT_LOCK_SESSION = postgres "select_lock_session" 1;
    INSERT_RUN = both "insert_run" 1;
    SUPERSEDE_RUN = both "supersede_run" 1;
    SELECT_RUN = both "select_run" 1;
    SELECT_PUBLISHED_RUN = both "select_published_run" 1;
    SELECT_LAST_RUN = both "select_last_run" 0;
    SELECT_RUNS = both "select_runs" 0;
    SELECT_MATCH_GROUP = both "select_match_group" 2;
    SELECT_MATCH_LEG = both "select_match_leg" 2;
    SELECT_CALIBRATION = both "select_calibration" 1;
    SELECT_PUBLISHED_BETWEEN = both "select_published_between" 2;
    SELECT_PUBLISHED_BEFORE = both "select_published_before" 1;
    SELECT_PUBLISHED_NIGHT = both "select_published_night" 0;
    SELECT_RUN_PLACE = both "select_run_place" 0;
    SELECT_RUN_FILE = both "select_run_file" 0;
    INSERT_KPI = both "insert_kpi" 1;
    RESTORE_ROW_STATE = both "restore_row_state" 2;
    DELETE_ROW_STATE = both "delete_row_state" 2;
    INSERT_ROW_STATE = both "insert_row_state" 3;
    CLOSE_ROW_STATE = both "close_row_state" 1;
    RESTORE_MATCH_GROUP = both "restore_match_group" 2;
    DELETE_MATCH_GROUP = both "delete_match_group" 2;
    INSERT_MATCH_GROUP = both "insert_match_group" 3;
    CLOSE_MATCH_GROUP = both "close_match_group" 1;
    RESTORE_CONTRIBUTION = both "restore_contribution" 2;
    DELETE_CONTRIBUTION = both "delete_contribution" 2;
    INSERT_CONTRIBUTION = both "insert_contribution" 3;
    CLOSE_CONTRIBUTION = both "close_contribution" 1;
    DELETE_MATCH_LEG = both "delete_match_leg" 2;
    INSERT_MATCH_LEG = both "insert_match_leg" 2;
    SELECT_LATER_NIGHT = both "select_later_night" 1;
    SELECT_WRITTEN_NIGHT = both "select_written_night" 1;
    SELECT_CLOSED_ROW_STATE = both "select_closed_row_state" 2;
    SELECT_CLOSED_MATCH_GROUP = both "select_closed_match_group" 2;
    SELECT_CLOSED_MATCH_LEG = both "select_closed_match_leg" 2;
    SELECT_CLOSED_CONTRIBUTION = both "select_closed_contribution" 2;
    SELECT_CONTRIBUTION_KEY = both "select_contribution_key" 2;
    SELECT_CONTRIBUTION_UNTIL = both "select_contribution_until" 1;
    DELETE_FIRM_CHANGE = both "delete_firm_change" 1;
    INSERT_FIRM_CHANGE = both "insert_firm_change" 1;
    TAKE_FIRM_HALF = both "take_firm_half" 1;
    ADD_FIRM_HALF = both "add_firm_half" 1;
    DELETE_EMPTY_FIRM_HALF = both "delete_empty_firm_half" 1;
    DECIDE_TXN = both "decide_txn" 3;
    DECIDE_REJECT_ROW = both "decide_reject_row" 3;
    DECIDE_FEE_VERSION = both "decide_fee_version" 3;
    DECIDE_ORDER_VERSION = both "decide_order_version" 3;
    DECIDE_RECEIPT_VERSION = both "decide_receipt_version" 3;
    CHECK_ROW_STATE = both "check_row_state" 2;
    CHECK_MATCH_LEG = both "check_match_leg" 2;
    SELECT_OPEN_EXCEPTION = both "select_open_exception" 1;
    SELECT_EXCEPTION_BY_ID = both "select_exception_by_id" 3;
    SELECT_ROW_HISTORY = both "select_row_history" 2;
    INSERT_RAW = both "insert_raw" 1;
    INSERT_ORIGIN = both "insert_origin" 2;
    SELECT_ORIGIN = both "select_origin" 1;
    INSERT_READING = both "insert_reading" 1;
    SELECT_READING = both "select_reading" 1;
    SELECT_READING_PLACE = both "select_reading_place" 2;
    INSERT_RUN_KEPT = both "insert_run_kept" 1;
    SELECT_RUN_KEPT = both "select_run_kept" 1;
    SELECT_TXN_SEEN = both "select_txn_seen" 2;
    SELECT_READ_FILE = both "select_read_file" 1;
    SELECT_TOLD_FILE = both "select_told_file" 2;
    SELECT_TXN_SEEN_NIGHT = both "select_txn_seen_night" 1;
    SELECT_REJECT_BY_KEY = both "select_reject_by_key" 1;
    SELECT_CONFLICT_BY_ROW = both "select_conflict_by_row" 1;
    SELECT_FEE_VERSION = both "select_fee_version" 1;
    SELECT_ORDER_VERSION = both "select_order_version" 1;
    SELECT_RECEIPT_VERSION = both "select_receipt_version" 1;
    SELECT_CONTRIBUTION_OF_NIGHT = both "select_contribution_of_night" 1;
    SELECT_CONTRIBUTION_ENDED = both "select_contribution_ended" 1;
    SELECT_CONTRIBUTION_OPEN = both "select_contribution_open" 3;
    SELECT_AGENCY_VERSION = both "select_agency_version" 1;
    SELECT_HAS_MIGRATIONS = split "select_has_migrations" 0;
    SELECT_INSTALLED = split "select_installed" 0;
    CHECK_INTEGRITY = sqlite "check_integrity" 0;
    SELECT_SETTINGS = sqlite "select_settings" 0;
    COPY_DATABASE = sqlite "copy_database" 1;
    FOLD_LOG = sqlite "fold_log" 0;
    PROBE_LEASE = both "probe_lease" 0;
    SELECT_STATEMENT_LIMIT = postgres "select_statement_limit" 0;
    LIMIT_STATEMENTS = postgres "limit_statements" 1;
    SELECT_LACKING_RIGHT = postgres "select_lacking_right" 1;
    REFRESH_STATISTICS = postgres "refresh_statistics" 0;
    FORGET_STATISTICS = sqlite "forget_statistics" 0;
    SELECT_SEALED_ROW_STATE = both "select_sealed_row_state" 1;
    SELECT_SEALED_MATCH_GROUP = both "select_sealed_match_group" 1;
    SELECT_SEALED_CONTRIBUTION = both "select_sealed_contribution" 1;
    SELECT_SEALED_TXN = both "select_sealed_txn" 1;
    SELECT_SEALED_FEE_VERSION = both "select_sealed_fee_version" 2;
    SELECT_SEALED_ORDER_VERSION = both "select_sealed_order_version" 2;
    SELECT_SEALED_RECEIPT_VERSION = both "select_sealed_receipt_version" 2;
    SELECT_SEALED_REJECT_ROW = both "select_sealed_reject_row" 1;
    SELECT_SEALED_EXPORT_FILE = both "select_sealed_export_file" 2;
    SELECT_SEALED_ACCOUNT_STATEMENT = both "select_sealed_account_statement" 2;
    SELECT_SEALED_STATEMENT_CHECK = both "select_sealed_statement_check" 2;
    SELECT_SEALED_CONFLICT_VERSION = both "select_sealed_conflict_version" 1;
    SELECT_SEALED_FEED_DAY = both "select_sealed_feed_day" 2;
    SELECT_SEALED_PROBE = both "select_sealed_probe" 2;
    SELECT_SEALED_AGENCY_VERSION = both "select_sealed_agency_version" 2;
    SELECT_SEALED_DOSSIER = both "select_sealed_dossier" 2;
    SELECT_SEALED_KPI = both "select_sealed_kpi" 1;
    SELECT_SEALED_MATCH_LEG = both "select_sealed_match_leg" 1;
    SELECT_SEALED_DECISION = both "select_sealed_decision" 1;
    SELECT_SEALED_READING = both "select_sealed_reading" 2;
    SELECT_SEALED_RAW = both "select_sealed_raw" 2;
    STAGE_ROW = both "stage_row" 2;
    STAGE_UNTOLD_ROW = both "stage_untold_row" 2;
    UNSTAGE_ROW = both "unstage_row" 1;
    DUMP_STAGED = both "dump_staged" 0;
    DUMP_ORIGIN = both "dump_origin" 0;
    DUMP_RAW = both "dump_raw" 0;
    SELECT_SEAL_LIST = both "select_seal_list" 2;
    SELECT_NIGHT_BEFORE = both "select_night_before" 1;
    SELECT_AUDIT_RUN = both "select_audit_run" 1;
    SELECT_PUBLICATION = both "select_publication" 0;
    INSERT_CLOSING = both "insert_closing" 1;
    SELECT_LAST_CLOSING = both "select_last_closing" 0;
    DUMP_CLOSING_BOOK = both "dump_closing_book" 0;
    DUMP_CLOSING = both "dump_closing" 0;
    SELECT_ARRIVED_TXN = both "select_arrived_txn" 3;
    SELECT_ARRIVED_RECEIPT = both "select_arrived_receipt" 3;
    SELECT_ARRIVED_REJECT = both "select_arrived_reject" 3;
    SELECT_ARRIVED_DECISION = both "select_arrived_decision" 1;
    SELECT_ARRIVED_REFUND = both "select_arrived_refund" 3;
    SELECT_MOVED_ITEM = both "select_moved_item" 3;
    SELECT_PROVIDER_ROW = both "select_provider_row" 2;
    SELECT_PROVIDER_KEY = both "select_provider_key" 4;
    SELECT_KEPT_BEFORE = both "select_kept_before" 3;
    SELECT_DECIDED_PROVIDER_KEY = both "select_decided_provider_key" 4;
    SELECT_MISSING_PAYMENT = both "select_missing_payment" 2;
    SELECT_ORDERED = both "select_ordered" 4;
    SELECT_MADE_ORDER = both "select_made_order" 4;
    SELECT_NAMED_ORDER = both "select_named_order" 3;
    SELECT_OPEN_PROVIDER_ROW = both "select_open_provider_row" 3;
    SELECT_ADDED = both "select_added" 5;
    SELECT_CARRIED = both "select_carried" 3;
    SELECT_SET_PAYMENT = both "select_set_payment" 4;
    SELECT_TAKEN_TXN = both "select_taken_txn" 4;
    SELECT_TAKEN_SET = both "select_taken_set" 4;
    SELECT_TAKEN_RECEIPT = both "select_taken_receipt" 3;
    SELECT_LAST_AUDIT = both "select_last_audit" 0;
    INSERT_AUDIT = both "insert_audit" 1;
    INSERT_OUTBOX = both "insert_outbox" 2;
    SELECT_OUTBOX = both "select_outbox" 1;
    SELECT_OUTBOX_IN_PART = both "select_outbox_in_part" 1;
    UPDATE_OUTBOX = both "update_outbox" 4;
    SELECT_AUDIT_ENTRY = both "select_audit_entry" 1;
    DUMP_AUDIT_CHAIN = both "dump_audit_chain" 0;
    DUMP_AUDIT = both "dump_audit" 0;
    DUMP_EVIDENCE = both "dump_evidence" 0;
    DUMP_PRUNED = both "dump_pruned" 0;
    INSERT_PRUNED = both "insert_pruned" 1;
    DUMP_AGENCY_VERSION = both "dump_agency_version" 0;
    DUMP_DOSSIER = both "dump_dossier" 0;
    DUMP_FEE_VERSION = both "dump_fee_version" 0;
    DUMP_ORDER_VERSION = both "dump_order_version" 0;
    DUMP_RECEIPT_VERSION = both "dump_receipt_version" 0;
    DUMP_EXPORT_FILE = both "dump_export_file" 0;
    DUMP_ACCOUNT_STATEMENT = both "dump_account_statement" 0;
    DUMP_STATEMENT_CHECK = both "dump_statement_check" 0;
    DUMP_TXN = both "dump_txn" 0;
    DUMP_TXN_SPELLING = both "dump_txn_spelling" 0;
    DUMP_REJECT_ROW = both "dump_reject_row" 0;
    DUMP_CONFLICT_VERSION = both "dump_conflict_version" 0;
    DUMP_FEED_DAY = both "dump_feed_day" 0;
    DUMP_PROBE = both "dump_probe" 0;
    DUMP_RUN = both "dump_run" 0;
    DUMP_RUN_KEPT = both "dump_run_kept" 0;
    DUMP_ROW_STATE = both "dump_row_state" 0;
    DUMP_MATCH_GROUP = both "dump_match_group" 0;
    DUMP_MATCH_LEG = both "dump_match_leg" 0;
    DUMP_CONTRIBUTION = both "dump_contribution" 0;
    DUMP_FIRM_CHANGE = both "dump_firm_change" 0;
    DUMP_FIRM_HALF = both "dump_firm_half" 0;
    DUMP_KPI = both "dump_kpi" 0;
}
