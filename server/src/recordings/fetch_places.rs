//! How many recordings are fetched at once: in all, and from one server, so that a slow one keeps no places from the others.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The places, shared by all accounts.
#[derive(Debug)]
pub struct FetchPlaces {
    most: usize,
    most_of_a_server: usize,
    taken: Mutex<HashMap<String, usize>>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub struct FetchPlace {
    places: Arc<FetchPlaces>,
    server: String,
}

/// Why there is no place now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPlace {
    /// From this server as many are fetched as may be.
    OfServer,
    /// All are taken.
    All,
}

impl FetchPlaces {
    /// So many places in all, and so many of them for one server.
    pub fn new(most: usize, most_of_a_server: usize) -> Self {
        Self { most, most_of_a_server, taken: Mutex::default() }
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place to fetch from a server, if there is one now.
    ///
    /// # Errors
    /// Says which places are all taken.
    pub fn try_take(self: &Arc<Self>, server: &str) -> Result<FetchPlace, NoPlace> {
        let mut taken = self.taken();
        if taken.values().sum::<usize>() >= self.most {
            return Err(NoPlace::All);
        }
        let of_server = taken.entry(server.to_owned()).or_default();
        if *of_server >= self.most_of_a_server {
            return Err(NoPlace::OfServer);
        }
        *of_server += 1;
        Ok(FetchPlace { places: Arc::clone(self), server: server.to_owned() })
    }
}

impl Drop for FetchPlace {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        if let Some(of_server) = taken.get_mut(&self.server) {
            *of_server -= 1;
            if *of_server == 0 {
                taken.remove(&self.server);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_server_has_its_own_places_and_no_others() {
        let places = Arc::new(FetchPlaces::new(3, 2));
        let of_slow = [places.try_take("slow").unwrap(), places.try_take("slow").unwrap()];
        assert_eq!(places.try_take("slow").unwrap_err(), NoPlace::OfServer);
        let other = places.try_take("other").unwrap();
        assert_eq!(places.try_take("third").unwrap_err(), NoPlace::All);
        drop(other);
        let third = places.try_take("third").unwrap();
        drop(of_slow);
        assert!(places.try_take("slow").is_ok());
        drop(third);
        assert!(places.taken().is_empty(), "what nobody fetches from is not remembered");
    }
}
