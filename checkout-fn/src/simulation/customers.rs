//! Shoppers, and the notices that their payments cause.

use serde_json::Value;

use super::goods;
use super::till::{Letter, Pays};
use super::world::{Accepted, Visit, World, locked};
use crate::order::SessionId;
use crate::ports::Clock;

/// So many of the last orders are still on their shoppers' minds.
const RECENT: usize = 4;

impl World {
    /// Somebody fills a cart and orders, perhaps in the place of an earlier order.
    pub(super) async fn order(&self, replaces: Option<(&str, &str)>) {
        let codes = self.codes().await;
        let cart = goods::cart(&self.dice, &codes);
        let buyer = self.dice.roll(4);
        let client = replaces.map_or_else(|| format!("client {}", self.dice.roll(4)), |(client, _)| client.to_owned());
        let total = locked(&self.totals).get(&cart.to_string()).copied().unwrap_or(1);
        let body = goods::request(&cart, buyer, total, replaces.map(|(_, named)| named));
        let at = self.visit(client, body);
        // Who is told another total looks at it and orders for that.
        if let Some(total) = self.send(at).await {
            locked(&self.totals).insert(cart.to_string(), total);
            let at = {
                let mut visits = locked(&self.visits);
                let mut visit = visits[at].clone();
                visit.body["expected_total"] = total.into();
                visit.body["idempotency_key"] = crate::chance::name().to_string().into();
                visits.push(visit);
                visits.len() - 1
            };
            self.send(at).await;
        }
    }

    fn visit(&self, client: String, body: Value) -> usize {
        let mut visits = locked(&self.visits);
        visits.push(Visit { client, body, accepted: None });
        visits.len() - 1
    }

    /// The codes of gift cards that were bought.
    async fn codes(&self) -> Vec<String> {
        let books = self.books().await;
        let paid = books.orders().filter(|order| order.is_paid());
        let keys = &self.checkout.shop.keys;
        paid.flat_map(|order| order.issues.iter().map(|issue| keys.gift_card_code(&order.id.0, issue.line, issue.unit))).collect()
    }

    /// Sends an order. The same one is always answered with the same order. What it costs, where that is not what was expected.
    async fn send(&self, at: usize) -> Option<i64> {
        let visit = locked(&self.visits)[at].clone();
        let answer = self.post("/checkout", &visit.client, &visit.body).await?;
        match answer.status.as_u16() {
            200 | 201 => {
                let text = |name: &str| answer.body[name].as_str().map(str::to_owned);
                let accepted = Accepted { token: text("token")?, number: text("order")?, pay_url: text("pay_url") };
                self.accept(at, accepted);
                None
            }
            409 if answer.body["code"] == "price_changed" => answer.body["quote"]["due"].as_i64(),
            400 | 409 | 422 | 429 | 500 | 503 => None,
            other => {
                self.wrong(format!("a checkout is answered with {other}: {}", answer.body));
                None
            }
        }
    }

    fn accept(&self, at: usize, accepted: Accepted) {
        let mut visits = locked(&self.visits);
        let visit = &mut visits[at];
        match &mut visit.accepted {
            None => visit.accepted = Some(accepted),
            Some(before) if (&before.token, &before.number) == (&accepted.token, &accepted.number) => {
                before.pay_url = accepted.pay_url.or(before.pay_url.take());
            }
            Some(before) => {
                let wrong = format!("the same request is the order {}, and then {}", before.number, accepted.number);
                drop(visits);
                self.wrong(wrong);
            }
        }
    }

    fn any_visit(&self) -> Option<usize> {
        let count = u64::try_from(locked(&self.visits).len()).ok().filter(|count| *count > 0)?;
        usize::try_from(self.dice.roll(count)).ok()
    }

    fn any_accepted(&self) -> Option<(Visit, Accepted)> {
        let visits = locked(&self.visits);
        let accepted: Vec<_> = visits.iter().rev().filter(|visit| visit.accepted.is_some()).take(RECENT).collect();
        let visit = self.dice.one_of(&accepted).copied()?;
        Some((visit.clone(), visit.accepted.clone()?))
    }

    /// A request whose answer was lost, or that was sent twice.
    pub(super) async fn same_again(&self) {
        if let Some(at) = self.any_visit() {
            self.send(at).await;
        }
    }

    /// Another cart under a key that was taken is another order, and refused.
    pub(super) async fn same_key_edited(&self) {
        let Some((visit, accepted)) = self.any_accepted() else { return };
        let mut body = visit.body.clone();
        body["note"] = "edited".into();
        let Some(answer) = self.post("/checkout", &visit.client, &body).await else { return };
        if answer.status.is_success() {
            self.wrong(format!("another request with the key of {} is accepted", accepted.number));
        }
    }

    /// The shopper went back, and orders something else instead; by its token, or by its key.
    pub(super) async fn replace(&self) {
        let Some((visit, accepted)) = self.any_accepted() else { return };
        let key = visit.body["idempotency_key"].as_str().unwrap_or_default().to_owned();
        let named = if self.dice.once_in(2) { key } else { accepted.token };
        Box::pin(self.order(Some((&visit.client, &named)))).await;
    }

    /// A shopper is on a payment page. Mostly on one whose address was handed out; but nothing may rest on an address being secret.
    pub(super) async fn pay(&self) {
        let sessions = self.till.sessions().await.expect("the gateway is there");
        let Some(session) = self.payment_page(&sessions) else { return };
        let how = match self.dice.roll(8) {
            0 => Pays::NotNow,
            1 => Pays::Later(true),
            2 => Pays::Later(false),
            _ => Pays::Now,
        };
        self.dice.tell(|| format!("    {} {how:?}", session.0));
        self.till.pay(&session.0, how).await.expect("the gateway is there");
    }

    fn payment_page<'a>(&self, sessions: &'a [SessionId]) -> Option<&'a SessionId> {
        if self.dice.once_in(4) {
            return self.dice.one_of(sessions);
        }
        let (_, accepted) = self.any_accepted()?;
        let pay_url = accepted.pay_url?;
        let session = sessions.iter().find(|session| pay_url.contains(&session.0));
        if session.is_none() {
            self.wrong(format!("{pay_url} is no payment page"));
        }
        session
    }

    pub(super) async fn come_back(&self, how: &str) {
        let Some((_, accepted)) = self.any_accepted() else { return };
        let name = self.till.gateway().name();
        self.get(&format!("/return/{name}?order={}{how}", accepted.token)).await;
    }

    pub(super) async fn look_at_order(&self) {
        let Some((_, accepted)) = self.any_accepted() else { return };
        let Some(answer) = self.get(&format!("/orders/{}", accepted.token)).await else { return };
        if !answer.status.is_server_error() && answer.body["order"].as_str() != Some(&accepted.number) {
            self.wrong(format!("the page of {} is answered with {}: {}", accepted.number, answer.status, answer.body));
        }
    }

    /// Notices come in any order, twice, late or never.
    pub(super) async fn notices(&self) {
        self.collect().await;
        let mut left = 1 + self.dice.roll(4);
        while left > 0 {
            left -= 1;
            let letter = {
                let mut post = locked(&self.post);
                let count = u64::try_from(post.len()).unwrap_or(0);
                if count == 0 {
                    return;
                }
                let at = usize::try_from(self.dice.roll(count)).unwrap_or(0);
                // Some are kept, and come again.
                if self.dice.once_in(4) { post[at].clone() } else { post.remove(at) }
            };
            if self.dice.once_in(6) {
                self.dice.tell(|| format!("    {} is lost", letter.describe()));
                locked(&self.lost).push(letter);
            } else {
                self.deliver(letter).await;
            }
        }
    }

    /// What the gateway has sent is on its way.
    pub(super) async fn collect(&self) {
        let news = self.till.news().await.expect("the gateway is there");
        locked(&self.post).extend(news);
    }

    /// Brings a notice; what is not answered with success is sent again.
    pub(super) async fn deliver(&self, letter: Letter) {
        self.dice.tell(|| format!("    {} arrives", letter.describe()));
        let answer = self.ask(self.till.request(&letter, self.clock.now())).await;
        let is_taken = answer.as_ref().is_some_and(|answer| answer.status.is_success());
        if let Some(answer) = answer.filter(|answer| answer.status.is_client_error()) {
            self.wrong(format!("a notice is answered with {}: {}", answer.status, answer.body));
        }
        if !is_taken {
            locked(&self.post).push(letter);
        }
    }
}
