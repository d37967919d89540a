//! Numbers, money, durations and dates as people read them, in both languages (ui.md §8).
