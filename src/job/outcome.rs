//! Exit codes: stable, distinct, and which one wins when several hold.

use crate::domain::Text;

/// Why the program ends. The numbers are a contract with scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done, also when the target is missed.
    Done,
    /// Failed; nothing was published.
    Failed,
    /// Usage, configuration, or an unknown date, run or id.
    Usage,
    /// Published, but a source was missing, late or partial, or an earlier night never ran.
    Incomplete,
    /// Published, with more open money than the configured gate allows.
    Gate,
    /// Published under a red banner: a source's own totals do not tie out.
    Untied,
    /// Database not initialised, migrations pending, or newer than the program.
    Database,
    /// Another run holds the lease.
    Locked,
    /// A source refused our credentials or its signature did not verify.
    Refused,
    /// Stopped by SIGINT at a clean checkpoint.
    Interrupted,
    /// Stopped by SIGTERM at a clean checkpoint.
    Terminated,
}

impl Exit {
    /// Every way to end, in the order of the table.
    pub const ALL: &'static [Self] = &[
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Incomplete,
        Self::Gate,
        Self::Untied,
        Self::Database,
        Self::Locked,
        Self::Refused,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The process exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Incomplete => 3,
            Self::Gate => 4,
            Self::Untied => 5,
            Self::Database => 10,
            Self::Locked => 11,
            Self::Refused => 12,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// Reads a code that was stored with a run.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|exit| exit.code() == code)
    }

    /// The name in the error document of `--json`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Incomplete => "incomplete",
            Self::Gate => "gate",
            Self::Untied => "untied",
            Self::Database => "database",
            Self::Locked => "locked",
            Self::Refused => "refused",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
        }
    }

    /// What it means, for `doisoat help exit-codes`.
    pub const fn meaning(self) -> Text {
        match self {
            Self::Done => Text {
                vi: "xong (kể cả khi chưa đạt chỉ tiêu)",
                en: "done (also when the target is missed)",
            },
            Self::Failed => Text {
                vi: "hỏng, không công bố gì",
                en: "failed, nothing published",
            },
            Self::Usage => Text {
                vi: "sai cách dùng, sai cấu hình, hoặc ngày, lần chạy, mã không có",
                en: "usage, configuration, or an unknown date, run or id",
            },
            Self::Incomplete => Text {
                vi: "đã công bố, nhưng có nguồn thiếu, trễ hoặc chưa đủ, hoặc có đêm trước chưa chạy",
                en: "published, but a source was missing, late or partial, or an earlier night never ran",
            },
            Self::Gate => Text {
                vi: "đã công bố, số tiền còn mở vượt ngưỡng trong [gates]",
                en: "published, open exceptions above the gate in [gates]",
            },
            Self::Untied => Text {
                vi: "đã công bố với cảnh báo đỏ, không xuất tệp: số tổng của nguồn không khớp",
                en: "published under a red banner without exports: a source's own totals do not tie out",
            },
            Self::Database => Text {
                vi: "cơ sở dữ liệu chưa khởi tạo, còn bản nâng cấp, hoặc mới hơn chương trình",
                en: "database not initialised, migrations pending, or newer than the program",
            },
            Self::Locked => Text {
                vi: "một lần chạy khác đang giữ khóa",
                en: "another run holds the lease",
            },
            Self::Refused => Text {
                vi: "một nguồn từ chối thông tin đăng nhập hoặc chữ ký không đúng; đêm vẫn được công bố",
                en: "a source refused our credentials or its signature did not verify; the night is published",
            },
            Self::Interrupted => Text {
                vi: "bị dừng (SIGINT) ở điểm an toàn, chạy lại sẽ tiếp tục",
                en: "interrupted (SIGINT) at a clean checkpoint, rerun resumes",
            },
            Self::Terminated => Text {
                vi: "bị dừng (SIGTERM) ở điểm an toàn, chạy lại sẽ tiếp tục",
                en: "terminated (SIGTERM) at a clean checkpoint, rerun resumes",
            },
        }
    }

    /// Who wins: 1 > 5 > 12 > 3 > 4; anything else ends a run before it publishes.
    const fn rank(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Gate => 1,
            Self::Incomplete => 2,
            Self::Refused => 3,
            Self::Untied => 4,
            Self::Failed => 5,
            Self::Usage | Self::Database | Self::Locked => 6,
            Self::Interrupted | Self::Terminated => 7,
        }
    }

    /// The code that the process ends with when several hold; `Done` for none.
    pub fn strongest(all: &[Self]) -> Self {
        all.iter()
            .copied()
            .max_by_key(|exit| exit.rank())
            .unwrap_or(Self::Done)
    }

    /// Sorted strongest first, each once; `[Done]` for none: the list of `run.json`.
    pub fn ranked(mut all: Vec<Self>) -> Vec<Self> {
        all.retain(|exit| *exit != Self::Done);
        all.sort_by_key(|exit| std::cmp::Reverse(exit.rank()));
        all.dedup();
        if all.is_empty() {
            all.push(Self::Done);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precedence_is_1_5_12_3_4() {
        let codes = |all: &[Exit]| {
            Exit::ranked(all.to_vec())
                .iter()
                .map(|e| e.code())
                .collect::<Vec<_>>()
        };
        let all = [
            Exit::Gate,
            Exit::Incomplete,
            Exit::Refused,
            Exit::Untied,
            Exit::Failed,
        ];
        assert_eq!(codes(&all), [1, 5, 12, 3, 4]);
        assert_eq!(codes(&[Exit::Done, Exit::Gate, Exit::Gate]), [4]);
        assert_eq!(codes(&[]), [0]);
        assert_eq!(
            Exit::strongest(&[Exit::Gate, Exit::Refused, Exit::Incomplete]),
            Exit::Refused
        );
        for exit in Exit::ALL {
            assert_eq!(Exit::from_code(exit.code()), Some(*exit));
        }
    }
}
