//! How the texts of the dialogues are written.

use domain::Speaker;

/// One line: who speaks and what, with placeholders (see [`super::DialogueCall`]).
pub type DialogueLine = (Speaker, &'static str);

/// A few lines that belong together.
pub type Exchange = &'static [DialogueLine];

/// What a voicebot of one kind says, and what customers answer.
pub struct Script {
    /// Why the bot calls, and the customer's first reaction.
    pub purposes: &'static [Exchange],
    /// Questions and answers in between; none of them decides the call.
    pub middles: &'static [Exchange],
    /// Endings that meet the goal.
    pub goals: &'static [Exchange],
}

pub const fn bot(text: &'static str) -> DialogueLine {
    (Speaker::Bot, text)
}

pub const fn customer(text: &'static str) -> DialogueLine {
    (Speaker::Customer, text)
}
