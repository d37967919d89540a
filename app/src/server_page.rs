//! Pages whose body only the server renders.
//!
//! A report is hundreds of links, bars and explanations that never change by themselves. Hydrated, every one of them
//! would be code in the WASM and work in the browser. So the server sends such a body as HTML (as part of the page, or
//! as the answer of a server function), and the browser puts it in place: the router catches its links, popovers and
//! details are the browser's own, charts are custom elements. An update is morphed into the nodes that are there, so that
//! bars move, and what is open or has the focus stays so.

use std::{pin::Pin, sync::Arc};

// The traits of Leptos' own views, for `Morphed`. An update that changes them fails here: docs/ARCHITECTURE.md, Couplings.
use leptos::{
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        renderer::{
            CastFrom, Rndr,
            types::{Element, Node},
        },
        view::{Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr},
    },
};
use serde::{Deserialize, Serialize};

use crate::{
    components::{FailureView, Title},
    error::AppError,
    live::Live,
    use_text,
};

/// A page as the server made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerPage {
    pub title: String,
    pub html: String,
    /// The address of the events to follow; none where nothing changes by itself.
    pub live: Option<String>,
}

/// Renders a body with the contexts that its components expect. `session` is that of the request.
///
/// TRICKY: the body gets an owner without a parent. A new owner is the child of whatever owner the thread last worked for,
/// which may be another request's; when that request ends, it takes its children with it, in the middle of this rendering.
#[cfg(feature = "ssr")]
pub fn rendered(session: crate::Session, body: impl FnOnce() -> AnyView) -> String {
    use crate::session::CurrentSession;
    let state = use_context::<crate::AppState>();
    let around = Owner::current();
    let alone = Owner::new_root(None);
    let html = alone.with(|| {
        if let Some(state) = state {
            provide_context(state);
        }
        provide_context(crate::Text(session.language));
        provide_context(CurrentSession(StoredValue::new(session)));
        body().to_html()
    });
    // A root makes itself the thread's owner.
    match around {
        Some(around) => around.set(),
        None => alone.unset(),
    }
    html
}

/// What an address asks of a page: its parameters, in the order that the page gives them.
pub type PageParameters = Vec<Option<String>>;
type PageFuture = Pin<Box<dyn Future<Output = Result<ServerPage, AppError>> + Send>>;

/// Shows a page and keeps it up to date: `read` asks the server for what `asked` names.
pub fn follow<R>(asked: Memo<PageParameters>, read: impl Fn(PageParameters) -> R + Send + Sync + 'static) -> AnyView
where
    R: Future<Output = Result<ServerPage, AppError>> + Send + 'static,
{
    followed(asked, Arc::new(move |asked| Box::pin(read(asked))))
}

/// Once for all pages: it is most of the code that a page of the server costs the browser.
fn followed(asked: Memo<PageParameters>, read: Arc<dyn Fn(PageParameters) -> PageFuture + Send + Sync>) -> AnyView {
    let live = Live::new();
    let page = live.resource(move || asked.get(), move |asked| read(asked), |_, _| ());
    view! {
        {live.view()}
        <Transition fallback=loading>
            {move || page.get().map(|read| match read {
                Ok(page) => {
                    live.follow(page.live);
                    shown(page.title, page.html)
                }
                Err(error) => {
                    live.follow(None);
                    view! { <FailureView error=error /> }.into_any()
                }
            })}
        </Transition>
    }
    .into_any()
}

/// A title and a body that the server made.
pub fn shown(title: String, html: String) -> AnyView {
    view! {
        <Title text=title />
        {part(html)}
    }
    .into_any()
}

/// A part of a page that the server made; what comes later is morphed into it.
pub fn part(html: String) -> AnyView {
    Morphed(html.into()).into_any()
}

/// Grey blocks while the first page of its kind is read.
fn loading() -> AnyView {
    let text = use_text();
    view! {
        <div class="stack" aria-busy="true">
            <p class="sr-only" role="status">{text.loading()}</p>
            <span class="skeleton" style="--w:340px;--h:28px"></span>
            <span class="skeleton" style="--h:120px"></span>
            <span class="skeleton" style="--h:420px"></span>
        </div>
    }
    .into_any()
}

/// HTML of our own server, in an element that is put in place whole and changed in place afterwards.
///
/// A view of its own, not an `inner_html`: erased attributes (`.cargo/config.toml`) are taken off and put on again with
/// every change, and with them all that is open or has the focus.
struct Morphed(Arc<str>);

impl Morphed {
    fn markup(&self) -> String {
        format!("<div class=\"contents\">{}</div>", self.0)
    }
}

/// The element, and what was put in it last.
struct MorphedState(Element, Arc<str>);

impl Mountable for MorphedState {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.0.clone()]
    }
}

impl Render for Morphed {
    type State = MorphedState;

    fn build(self) -> Self::State {
        MorphedState(Rndr::create_element_from_html(self.markup().into()), self.0)
    }

    fn rebuild(self, state: &mut Self::State) {
        if self.0 != state.1 {
            // A node that cannot be changed is a node that the next whole load shows right.
            #[cfg(feature = "hydrate")]
            let _ = in_browser::morph(&state.0, &self.0);
            state.1 = self.0;
        }
    }
}

impl AddAnyAttr for Morphed {
    type Output<NewAttr: Attribute> = Self;

    /// Nothing spreads attributes over a page's body.
    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self::Output<NewAttr>
    where
        Self::Output<NewAttr>: RenderHtml,
    {
        self
    }
}

impl RenderHtml for Morphed {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn html_len(&self) -> usize {
        self.0.len() + 30
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(self, buf: &mut String, position: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {
        buf.push_str(&self.markup());
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
        match position.get() {
            Position::FirstChild => cursor.child(),
            Position::Current => {}
            _ => cursor.sibling(),
        }
        let element = Element::cast_from(cursor.current()).expect("the server wrote an element here");
        position.set(Position::NextChild);
        MorphedState(element, self.0)
    }

    fn into_owned(self) -> Self::Owned {
        self
    }
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use leptos::web_sys::Element;
    use wasm_bindgen::prelude::*;

    // Each step to a node from here is a call into the browser: thousands for a page.
    #[wasm_bindgen(raw_module = "ringside-morph")]
    extern "C" {
        /// Makes the content of `element` that of `html` (`web/morph.js`).
        #[wasm_bindgen(catch)]
        pub fn morph(element: &Element, html: &str) -> Result<(), JsValue>;
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_rendered_to_its_end_though_another_request_of_its_thread_ends() {
        let other = Owner::new();
        other.set();
        let html = rendered(crate::Session::default(), move || {
            other.cleanup();
            let _session = crate::use_session();
            view! { <p>{use_text().loading()}</p> }.into_any()
        });
        assert!(
            html.contains("<p>"),
            "a body must be made under an owner that nobody else ends: `Owner::new_root` has no parent by the Leptos that `rendered` was \
             written for; find what makes one by now (docs/ARCHITECTURE.md, Couplings): {html}"
        );
    }

    #[test]
    fn the_thread_goes_on_with_the_owner_that_it_had() {
        let around = Owner::new();
        around.set();
        rendered(crate::Session::default(), || view! { <p>"a"</p> }.into_any());
        let told = "a root makes itself the thread's owner, and `rendered` puts the one before back (docs/ARCHITECTURE.md, Couplings)";
        assert_eq!(Owner::current().map(|owner| owner.debug_id()), Some(around.debug_id()), "{told}");
    }

    /// What `web/morph.js` and the tests that read pages go by.
    #[test]
    fn the_marks_of_leptos_in_a_body_are_comments_and_a_body_is_one_element() {
        let told = "Leptos writes other marks into HTML: see that web/morph.js passes them over (it tells nodes by their type and name), and \
                    take them out in the tests that take `<!>` out (docs/ARCHITECTURE.md, Couplings)";
        let body = || view! { <p>{"a".to_owned()}" "{Some("b".to_owned())}{None::<String>}</p> }.into_any();
        let html = rendered(crate::Session::default(), body);
        assert_eq!(html.replace("<!>", ""), "<p>a b</p>", "{told}");
        let part = rendered(crate::Session::default(), move || part(html));
        assert!(part.starts_with("<div class=\"contents\"><p>a") && part.ends_with("</p></div>"), "{told}: {part}");
    }
}
