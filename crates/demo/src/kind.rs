//! The six kinds of campaign, one for each voicebot.

/// What a campaign is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CampaignKind {
    /// A fee is due.
    Reminder,
    /// An appointment is to be confirmed.
    Appointment,
    /// How content the customer is after a claim.
    Survey,
    /// A new plan is introduced.
    NewPlan,
    /// An insurance ends and may be renewed.
    Renewal,
    /// A new contract's details are confirmed, the customer is made welcome.
    Welcome,
}

impl CampaignKind {
    /// All kinds, in the order of the voicebots.
    pub const ALL: [Self; 6] =
        [Self::Reminder, Self::Appointment, Self::Survey, Self::NewPlan, Self::Renewal, Self::Welcome];

    pub fn voicebot_id(self) -> &'static str {
        match self {
            Self::Reminder => "bot-nhac-phi",
            Self::Appointment => "bot-lich-hen",
            Self::Survey => "bot-khao-sat",
            Self::NewPlan => "bot-goi-moi",
            Self::Renewal => "bot-gia-han",
            Self::Welcome => "bot-cskh",
        }
    }

    pub fn voicebot_name(self) -> &'static str {
        match self {
            Self::Reminder => "Nhắc phí",
            Self::Appointment => "Xác nhận lịch hẹn",
            Self::Survey => "Khảo sát sau bồi thường",
            Self::NewPlan => "Giới thiệu gói mới",
            Self::Renewal => "Mời gia hạn",
            Self::Welcome => "Chăm sóc khách hàng",
        }
    }

    /// The script that the bot speaks, as the sender's attribute of a call.
    pub fn script(self) -> &'static str {
        match self {
            Self::Reminder => "nhac-phi-v3",
            Self::Appointment => "lich-hen-v2",
            Self::Survey => "khao-sat-v5",
            Self::NewPlan => "goi-moi-v1",
            Self::Renewal => "gia-han-v2",
            Self::Welcome => "cskh-v2",
        }
    }

    /// The code of a call that met the goal.
    pub fn goal(self) -> &'static str {
        match self {
            Self::Reminder | Self::Renewal => "DY",
            Self::Appointment => "XN",
            Self::Survey => "KS",
            Self::NewPlan => "QT",
            Self::Welcome => "XT",
        }
    }

    /// The share of answered calls that meet the goal; weighed by calls they come to the observed share.
    pub fn goal_share(self) -> f64 {
        match self {
            Self::Reminder => 0.120,
            Self::Appointment => 0.215,
            Self::Survey => 0.180,
            Self::NewPlan => 0.042,
            Self::Renewal => 0.060,
            Self::Welcome => 0.135,
        }
    }

    /// How likely the customer answers, relative to the average campaign.
    pub fn answer_factor(self) -> f64 {
        match self {
            Self::Reminder => 1.0,
            Self::Appointment => 1.10,
            Self::Survey => 1.05,
            Self::NewPlan => 0.91,
            Self::Renewal => 0.95,
            Self::Welcome => 1.04,
        }
    }

    /// How much shorter (above 0) or longer (below 0) than the observed its calls are: those without and those with the
    /// goal. It moves calls along the observed distribution and cancels out over all campaigns, so that together they
    /// keep to it.
    pub fn brevity(self) -> (f64, f64) {
        match self {
            Self::Reminder => (0.50, 0.12),
            Self::Appointment => (0.55, 0.35),
            Self::Survey => (0.0, -0.15),
            Self::NewPlan => (-0.85, -0.70),
            Self::Renewal => (-0.70, -0.45),
            Self::Welcome => (-0.10, -0.20),
        }
    }
}
