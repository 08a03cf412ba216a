//! Which room of the house may use what of which other room. The order is that of `lib.rs`.

/// One top-level module of the crate.
pub(crate) struct Layer {
    /// Folder or file under `src`.
    pub room: &'static str,
    /// Whether it is pure: values in, values out.
    pub pure: bool,
    /// What it may use besides itself:
    /// - `kpi`: its types and constants, the output that stages hand on;
    /// - `kpi::measure`: also this function or module;
    /// - `domain::*`: everything in it;
    /// - `*`: every room.
    pub may_use: &'static [&'static str],
}

const fn pure(room: &'static str, may_use: &'static [&'static str]) -> Layer {
    Layer {
        room,
        pure: true,
        may_use,
    }
}

const fn layer(room: &'static str, may_use: &'static [&'static str]) -> Layer {
    Layer {
        room,
        pure: false,
        may_use,
    }
}

/// The rooms in the order in which data flows, as `lib.rs` lists them.
pub(crate) const LAYERS: &[Layer] = &[
    // What everything speaks about.
    layer("clock", &[]),
    // Nothing in a release build.
    layer("fault", &[]),
    pure("domain", &[]),
    layer("telemetry", &[]),
    layer("text", &["domain::*", "format", "kpi"]),
    // Settings name the kinds of sources, the definitions and the rules they set.
    layer(
        "config",
        &[
            "domain::*",
            "kpi",
            "settle",
            "source",
            "source::http",
            "schedule",
            // the fee table and the catalogue are files that the configuration names
            "normalise::fee_table",
            "normalise::catalogue",
        ],
    ),
    // Bytes in, rows out.
    layer(
        "source",
        &[
            "domain::*",
            "clock",
            "fault::point",
            "config",
            "config::forms",
            "config::source",
            "config::section",
            "format",
        ],
    ),
    pure("format", &["domain::*"]),
    pure(
        "normalise",
        &[
            "domain::*",
            "format",
            "format::encoding",
            "source",
            "settle",
        ],
    ),
    // What people decided.
    pure("decision", &["domain::*"]),
    // What the night remembers: output types of the core go in and come back.
    // `pass::id` reads the id of a pass back from its stored text.
    layer(
        "store",
        &[
            "domain::*",
            "fault::point",
            "decision::*",
            "normalise",
            "matching",
            "matching::pass::id",
            "classify",
            "kpi",
            "settle",
        ],
    ),
    // The pure core; only `settle` knows the order match, classify, measure.
    pure(
        "settle",
        &["domain::*", "matching::*", "classify::*", "kpi::*"],
    ),
    pure("matching", &["domain::*", "settle"]),
    pure(
        "classify",
        &[
            "domain::*",
            "settle",
            "matching",
            "matching::pool",
            "matching::desk",
        ],
    ),
    pure(
        "kpi",
        &[
            "domain::*",
            "settle",
            "classify",
            "matching",
            "matching::pool",
            "matching::desk",
            // what an open payment would settle, were it of a dossier, only the ledger can say
            "matching::ledger",
        ],
    ),
    // What the fee table says of the fees: nothing that decides knows of it.
    pure("tariff", &["domain::*"]),
    // The independent checker: output types only, no rule and no table of what it checks.
    pure(
        "prove",
        &[
            "domain::*",
            "matching::MatchGroup",
            "matching::Leg",
            "matching::Role",
            "matching::Evidence",
            "classify::Classified",
            "classify::Bucket",
            "classify::Severity",
            "kpi::Contribution",
            "kpi::Elsewhere",
            "kpi::PriorSum",
            "kpi::Scope",
            "kpi::Share",
            "kpi::Verdict",
            "settle::Settlement",
            "settle::Prior",
            "settle::Plain",
            "settle::PlainDossier",
            "settle::PlainMoney",
            "settle::By",
        ],
    ),
    // What people read.
    layer(
        "report",
        &[
            "domain::*",
            "fault::point",
            "text::*",
            "matching",
            "classify",
            "kpi",
            "kpi::definition",
            "settle",
        ],
    ),
    layer(
        "notify",
        &[
            "domain::*",
            "fault::point",
            "text::*",
            "config",
            "config::notify",
            "report",
            "report::publish",
            "report::escape",
            "report::model",
            "report::pdf",
            "report::xlsx",
            "source",
            "source::http",
            "source::signature",
        ],
    ),
    // The order of the IO around `settle`.
    layer("job", &["*"]),
    layer("schedule", &["domain::*", "clock"]),
    // The simulators speak the wire protocols on their own, so that they can disagree with us.
    layer("sandbox", &["clock"]),
    layer("cli", &["*"]),
    layer("web", &["*"]),
];

/// Folders inside a room that are pure although the room is not.
pub(crate) const PURE_FOLDERS: &[&str] = &["src/report/model/"];

/// The layer of a room.
pub(crate) fn layer_of(room: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|layer| layer.room == room)
}
