//! PostgreSQL with the role of the nights that docs/OPERATIONS.md makes, to the letter: all of a
//! day's work goes, the books cannot be changed, and `check` tells a role with less.

use std::path::Path;

use doisoat::job::Desk;
use serde_json::Value;
use sqlx::{Connection as _, PgConnection};

use crate::cli::{stderr, stdout};
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::periods::{both, close};
use crate::town::{FIRST, Town, day, night};

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";

/// The statements of the page that make the role and give it its rights.
fn statements() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/OPERATIONS.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, block) = page.split_once("```sql\n").expect("a block of SQL");
    let (block, _) = block.split_once("```").unwrap();
    assert!(!page.contains("```sql\n```"));
    let lines = block.lines().filter(|line| !line.starts_with("--"));
    let text: String = lines.collect::<Vec<_>>().join("\n");
    let all = text
        .split(';')
        .map(str::trim)
        .filter(|text| !text.is_empty());
    all.map(str::to_owned).collect()
}

/// A town whose database the owner made, and whose nights are run by the role of the page.
struct Office {
    town: Town,
    role: String,
}

impl Office {
    async fn new() -> Self {
        let town = Town::new(Kind::Postgres).await;
        let name = town.database.url.rsplit('/').next().unwrap();
        let office = Self {
            role: format!("nights_{name}"),
            town,
        };
        for text in statements() {
            office.as_owner(&text).await.unwrap();
        }
        let configured = office.town.toml(&office.edit());
        std::fs::write(office.town.dir().join("doisoat.toml"), configured).unwrap();
        office
    }

    /// A role belongs to the whole server: its name has the database's behind it.
    async fn as_owner(&self, text: &str) -> Result<(), sqlx::Error> {
        tell(&self.town.database.url, &text.replace("nights", &self.role)).await
    }

    async fn as_role(&self, text: &str) -> String {
        tell(&self.url(), text).await.unwrap_err().to_string()
    }

    fn url(&self) -> String {
        let url = &self.town.database.url;
        url.replacen("doisoat@", &format!("{}@", self.role), 1)
    }

    fn edit(&self) -> impl Fn(String) -> String {
        let (owner, url) = (self.town.database.url.clone(), self.url());
        move |text: String| format!("lang = \"en\"\n{}", text.replace(&owner, &url))
    }

    async fn desk(&self) -> Desk {
        self.town.desk(&self.edit()).await
    }
}

async fn tell(url: &str, text: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    let told = sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned()));
    let told = told.execute(&mut connection).await;
    connection.close().await?;
    told.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_of_the_page_runs_the_nights_and_changes_no_book() {
    let office = Office::new().await;
    let town = &office.town;
    town.morning_after(day(FIRST));
    let checked = run(town, &["check", "--offline"]).await;
    assert!(
        stdout(&checked).contains("ok    database: "),
        "{}",
        stdout(&checked)
    );
    let first = run(town, &["run", "--date", FIRST]).await;
    assert_eq!(code(&first), 0, "{}", stderr(&first));
    let list = run(town, &["exceptions", "list", "--json"]).await;
    let list: Value = serde_json::from_slice(&list.stdout).unwrap();
    let mut decided = 0;
    for row in list["exceptions"].as_array().unwrap() {
        // the first that is money, and no dossier that lacks it
        let id = row["exception_id"].as_str().unwrap();
        let args = ["exceptions", "decide", id, "--not-fee", "--reason", "rent"];
        decided += u32::from(code(&run(town, &args).await) == 0);
        if decided > 0 {
            break;
        }
    }
    assert_eq!(decided, 1, "a decision");
    let desk = office.desk().await;
    for date in [SECOND, THIRD] {
        town.morning_after(day(date));
        Box::pin(night(&desk, date)).await;
    }
    Box::pin(night(&desk, SECOND)).await;
    Box::pin(close(&desk, &both())).await.unwrap();
    Box::pin(desk.close()).await;
    for args in [&["verify", "--all"][..], &["replay", THIRD], &["prune"]] {
        let done = run(town, args).await;
        assert_eq!(
            code(&done),
            0,
            "{args:?}: {}{}",
            stdout(&done),
            stderr(&done)
        );
    }
    for text in [
        "UPDATE decision SET reason = 'x'",
        "UPDATE audit SET says_wall = '{}'",
        "UPDATE run_kept SET what = 'x'",
        "DELETE FROM decision",
        "DELETE FROM audit",
        "CREATE TABLE mine (a INT)",
    ] {
        let refused = office.as_role(text).await;
        assert!(refused.contains("permission denied"), "{text}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_names_what_a_role_lacks_and_a_night_says_who_gives_it() {
    let office = Office::new().await;
    let town = &office.town;
    town.morning_after(day(FIRST));
    let lacking = [
        (
            "REVOKE UPDATE (decided_night) ON decision FROM nights",
            "UPDATE on decision",
        ),
        ("REVOKE DELETE ON staged FROM nights", "DELETE on staged"),
        ("REVOKE INSERT ON audit FROM nights", "INSERT on audit"),
    ];
    let mut said = Vec::new();
    for (taken, name) in lacking {
        office.as_owner(taken).await.unwrap();
        said.push(name);
        let checked = run(town, &["check", "--offline"]).await;
        let told = stdout(&checked);
        said.sort_unstable();
        let wanted = format!(
            "FAIL  database: the role of the database lacks rights: {}",
            said.join(", ")
        );
        assert!(
            told.contains(&wanted) && told.contains("docs/OPERATIONS.md"),
            "{told}"
        );
        assert!(code(&checked) > 0, "{told}");
    }
    let night = run(town, &["run", "--date", FIRST]).await;
    assert_eq!(code(&night), 1);
    let told = stderr(&night);
    assert!(
        told.contains("lacks rights") && told.contains("docs/OPERATIONS.md"),
        "{told}"
    );
    for text in statements() {
        if !text.starts_with("CREATE") {
            office.as_owner(&text).await.unwrap();
        }
    }
    let night = run(town, &["run", "--date", FIRST]).await;
    assert_eq!(code(&night), 0, "{}", stderr(&night));
}
