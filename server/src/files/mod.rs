//! Workbooks that people take away: made from the same queries as the pages, with typed cells.
