//! Nothing of one account is found, changed or deleted by another, whatever ids it knows.

use domain::{CallFilter, CampaignId, Period, ReportQuery, Role, Timestamp, TokenScope};
use store::{
    PageRequest, StoreError, calls, campaigns,
    campaigns::CampaignFilter,
    contacts, password_links, recordings,
    recordings::StoredRecording,
    report, result_codes,
    sessions::{self, Device, FoundSession, SessionTimes},
    tokens::{self, NewToken},
    users,
    users::NewUser,
    voicebots,
};

use crate::support::{NINE, NOW, both_engines, call, campaign, send, shop};

both_engines! {
    async fn another_accounts_ids_are_never_found(db) {
        let own = shop(&db, "own").await;
        let stranger = shop(&db, "stranger").await;
        let later = Timestamp(NOW.0 + 1);
        let mut conn = db.write().await.unwrap();
        // All ids below are the owner's alone.
        let mut secret = campaign("secret", "Bí mật");
        secret.voicebot = "secret-bot".parse().unwrap();
        let bot = domain::Voicebot { id: "secret-bot".parse().unwrap(), name: "Bí mật".to_owned() };
        voicebots::put(&mut conn, &own, &bot).await.unwrap();
        campaigns::put(&mut conn, &own, &secret, NINE).await.unwrap();
        let new = NewUser { email: "hoa@example.vn".to_owned(), name: "Hoa".to_owned(), role: Role::Owner };
        let hoa = users::add(&mut conn, &own, &new, NINE).await.unwrap();
        let times = SessionTimes { begun_at: NINE, used_at: NINE, expires_at: later, ends_at: later };
        sessions::add(&mut conn, &own, hoa.key, &[1; 32], &times, &Device::default(), None).await.unwrap();
        password_links::add(&mut conn, &own, hoa.key, &[2; 32], later, true).await.unwrap();
        tokens::add(&mut conn, &own, &NewToken { name: "secret".to_owned(), scopes: TokenScope::ALL.to_vec(), is_masked: false }, &[3; 32], NINE).await.unwrap();
        let mut code = result_codes::list(&mut conn, &own).await.unwrap().pop().unwrap();
        code.code = "SECRET".parse().unwrap();
        result_codes::put(&mut conn, &own, &code, NINE).await.unwrap();
        conn.commit().await.unwrap();
        send(&db, &own, vec![call("c-1").of("secret").to("kh-1").talked(31_000)]).await;
        let call_id = "c-1".parse().unwrap();
        let recording = StoredRecording {
            object: "o".to_owned(),
            content_type: "audio/wav".to_owned(),
            bytes: 1,
            duration: None,
            peaks: None,
            playable: None,
            stored_at: NINE,
        };
        let mut conn = db.write().await.unwrap();
        recordings::put(&mut conn, &own, &call_id, &recording).await.unwrap().unwrap();
        conn.commit().await.unwrap();

        let id: CampaignId = "secret".parse().unwrap();
        let (filter, page) = (CallFilter::default(), PageRequest::default());
        let today = domain::time::Zone::new("UTC").unwrap().local(NOW).day();
        let query = ReportQuery { campaign: id.clone(), period: Period::Whole };
        let mut conn = db.write().await.unwrap();
        let c = &mut conn;
        assert_eq!(calls::lookup(c, &stranger, &call_id).await.unwrap(), None);
        assert_eq!(calls::page(c, &stranger, Some(&id), &filter, today, &page).await.unwrap(), None);
        assert_eq!(calls::slice(c, &stranger, Some(&id), &filter, today, &page, &domain::CodeMeanings::default()).await.unwrap(), None);
        let of_account = calls::page(c, &stranger, None, &filter, today, &page).await.unwrap().unwrap();
        assert_eq!((of_account.calls, of_account.total), (vec![], 0), "only its own");
        assert_eq!(calls::of_contact(c, &stranger, &id, &"kh-1".parse().unwrap()).await.unwrap(), []);
        assert_eq!(campaigns::lookup(c, &stranger, &id).await.unwrap(), None);
        assert_eq!(campaigns::complete(c, &stranger, &id, NOW).await.unwrap(), None);
        let listed = campaigns::list(c, &stranger, &CampaignFilter::default(), &page).await.unwrap();
        assert_eq!(listed.total, 2, "its own two");
        let of_bot = CampaignFilter { voicebot: Some(bot.id.clone()), ..CampaignFilter::default() };
        assert_eq!(campaigns::list(c, &stranger, &of_bot, &page).await.unwrap().total, 0);
        let borrowed = campaigns::put(c, &stranger, &secret, NINE).await;
        assert!(matches!(borrowed, Err(StoreError::Invalid(error)) if error.field == "voicebot"));
        assert!(contacts::add(c, &stranger, &id, vec![], NINE).await.unwrap().is_none());
        assert_eq!(voicebots::lookup(c, &stranger, &bot.id).await.unwrap(), None);
        assert!(voicebots::list(c, &stranger).await.unwrap().iter().all(|listed| listed.id != bot.id));
        assert!(result_codes::list(c, &stranger).await.unwrap().iter().all(|listed| listed.code != code.code));
        let failed = domain::ResultCode { counts_as: domain::CallClass::Failed, is_goal: false, ..code.clone() };
        assert_eq!(result_codes::foresee(c, &stranger, &failed).await.unwrap(), result_codes::Moved::default());
        assert_eq!(result_codes::coming(c, &stranger).await.unwrap(), []);
        assert_eq!(recordings::lookup(c, &stranger, &call_id).await.unwrap(), None);
        assert_eq!(recordings::put(c, &stranger, &call_id, &recording).await.unwrap(), None);
        assert_eq!(recordings::delete(c, &stranger, &call_id, NOW).await.unwrap(), None);
        assert!(report::read(c, &stranger, &query, NOW).await.unwrap().is_none());
        // A user's number may be one of the stranger's, too; it is not this user.
        assert_eq!(users::lookup(c, &stranger, hoa.key).await.unwrap(), None);
        assert!(!users::set_password(c, &stranger, hoa.key, "x").await.unwrap());
        assert!(!users::delete(c, &stranger, hoa.key).await.unwrap());
        assert_eq!(users::list(c, &stranger).await.unwrap(), []);
        assert_eq!(tokens::list(c, &stranger).await.unwrap(), []);
        assert!(!tokens::delete(c, &stranger, "secret").await.unwrap());
        let foreign = stranger.account();
        assert_eq!(sessions::find(c, foreign, &[1; 32], NOW).await.unwrap(), FoundSession::Nothing);
        assert!(password_links::find(c, foreign, &[2; 32], NOW).await.unwrap().is_none());
        assert!(password_links::take(c, foreign, &[2; 32], NOW).await.unwrap().is_none());
        assert!(tokens::find(c, foreign, &[3; 32], NINE).await.unwrap().is_none());
        conn.commit().await.unwrap();

        // The same ids are free for the stranger, and both keep their own.
        send(&db, &stranger, vec![call("c-1").to("kh-1").talked(5_000)]).await;
        let mut conn = db.read().await.unwrap();
        assert_eq!(calls::lookup(&mut conn, &own, &call_id).await.unwrap().unwrap().talk_time, 31_000);
        assert_eq!(calls::lookup(&mut conn, &stranger, &call_id).await.unwrap().unwrap().talk_time, 5_000);
        assert!(sessions::find(&mut conn, own.account(), &[1; 32], NOW).await.unwrap().session().is_some());
    }
}
