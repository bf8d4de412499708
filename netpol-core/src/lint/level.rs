//! How much a rule matters.

use crate::diagnostic::Severity;

/// Whether a rule speaks, and how loud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// It does not.
    Off,
    /// At most as a remark.
    Info,
    /// At most as a warning.
    Warning,
    /// As an error.
    Error,
}

impl Level {
    /// All levels, the quietest first.
    pub const ALL: [Self; 4] = [Self::Off, Self::Info, Self::Warning, Self::Error];

    /// `off`, `info`, `warning` or `error`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The level of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// The severity of a finding at this level; `None` for [`Level::Off`].
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Info => Some(Severity::Info),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// A choice of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Preset {
    /// What is certainly wrong.
    Minimal,
    /// What is probably not meant.
    #[default]
    Recommended,
    /// What a strict reviewer asks for too.
    Strict,
}

impl Preset {
    /// All presets, the smallest first.
    pub const ALL: [Self; 3] = [Self::Minimal, Self::Recommended, Self::Strict];

    /// `minimal`, `recommended` or `strict`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Minimal => "minimal",
            Self::Recommended => "recommended",
            Self::Strict => "strict",
        }
    }

    /// The preset of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }
}

/// The level of a rule in each preset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Levels {
    /// In [`Preset::Minimal`].
    pub minimal: Level,
    /// In [`Preset::Recommended`].
    pub recommended: Level,
    /// In [`Preset::Strict`].
    pub strict: Level,
}

impl Levels {
    /// The same level in every preset.
    pub const fn in_all(level: Level) -> Self {
        Self { minimal: level, recommended: level, strict: level }
    }

    /// Off in the minimal preset.
    pub const fn from_recommended(level: Level) -> Self {
        Self { minimal: Level::Off, recommended: level, strict: level }
    }

    /// On in the strict preset alone.
    pub const fn from_strict(level: Level) -> Self {
        Self { minimal: Level::Off, recommended: Level::Off, strict: level }
    }

    /// The level in a preset.
    pub const fn of(self, preset: Preset) -> Level {
        match preset {
            Preset::Minimal => self.minimal,
            Preset::Recommended => self.recommended,
            Preset::Strict => self.strict,
        }
    }

    /// The loudest of them.
    pub fn loudest(self) -> Level {
        self.minimal.max(self.recommended).max(self.strict)
    }
}
