//! The merchant: with the program's commands, and at the gateway by hand.

use super::books::Books;
use super::till::Till;
use super::world::World;
use crate::merchant::{Books as Commands, RefundWish};
use crate::order::{Order, Payment, PaymentId, RefundStatus};

impl World {
    fn commands(&self) -> Commands {
        Commands::of(&self.checkout)
    }

    fn any_order<'a>(&self, books: &'a Books, is: impl Fn(&Order) -> bool) -> Option<&'a Order> {
        let all: Vec<&Order> = books.orders().filter(|order| is(order)).collect();
        self.dice.one_of(&all).copied()
    }

    /// All that is left is sent, or one thing of it.
    pub(super) async fn fulfil(&self) {
        let books = self.books().await;
        let Some(order) = self.any_order(&books, Order::is_paid) else { return };
        let to_send = order.to_send();
        let one = self.dice.one_of(&to_send).map(|(line, _)| vec![(line + 1, 1)]);
        let lines = if self.dice.once_in(2) { one } else { None };
        self.dice.tell(|| format!("    of {}: {lines:?}", order.number));
        self.dice.instance(self.commands().fulfil(&order.number, lines, Some("DHL".into()), None)).await;
    }

    /// Something is given back: lines, sending, an amount, or everything.
    pub(super) async fn refund(&self) {
        let books = self.books().await;
        let Some(order) = self.any_order(&books, Order::is_paid) else { return };
        let line = usize::try_from(1 + self.dice.roll(3)).unwrap_or(1);
        let wish = RefundWish {
            lines: if self.dice.once_in(2) { vec![(line, 1)] } else { vec![] },
            all: self.dice.once_in(4),
            shipping: self.dice.once_in(4),
            amount: self.dice.once_in(3).then(|| "1.50".to_owned()),
            restock: self.dice.once_in(2),
            reason: None,
        };
        self.dice.tell(|| format!("    of {}: {wish:?}", order.number));
        let commands = self.commands();
        let refund = async {
            let (back, _) = commands.weigh(&order.number, &wish).await?;
            commands.refund(&order.number, back).await.map(drop)
        };
        if let Some(Err(why)) = self.dice.instance(refund).await {
            self.dice.tell(|| format!("    not given back: {why}"));
        }
    }

    pub(super) async fn refund_again(&self) {
        let books = self.books().await;
        let failed =
            |order: &Order| order.refunds.iter().find(|refund| refund.status == RefundStatus::Failed).map(|refund| refund.id.clone());
        let Some(order) = self.any_order(&books, |order| failed(order).is_some()) else { return };
        let id = failed(order).unwrap_or_default();
        self.dice.tell(|| format!("    {id} of {}", order.number));
        self.dice.instance(self.commands().refund_again(&order.number, &id)).await;
    }

    pub(super) async fn cancel_order(&self) {
        let books = self.books().await;
        let Some(order) = self.any_order(&books, |order| order.payment.is_open()) else { return };
        self.dice.tell(|| format!("    {}", order.number));
        self.dice.instance(self.commands().cancel(&order.number)).await;
    }

    pub(super) async fn resolve(&self) {
        let books = self.books().await;
        let Some(order) = self.any_order(&books, |order| order.attention.is_some()) else { return };
        self.dice.instance(self.commands().resolve(&order.number)).await;
    }

    /// The merchant counts what is on a shelf, or says what has come or gone.
    pub(super) async fn count(&self) {
        let sku = *self.dice.one_of(&["MUG", "LAST", "BOWL", "RARE"]).unwrap_or(&"MUG");
        let number = self.dice.roll(7);
        if self.dice.once_in(2) {
            let on_shelf = u32::try_from(number).unwrap_or(0);
            self.dice.tell(|| format!("    {on_shelf} of {sku} are on the shelf"));
            self.dice.instance(self.commands().set_stock(sku, on_shelf)).await;
        } else {
            let by = i64::try_from(number).unwrap_or(0) - 2;
            self.dice.tell(|| format!("    {by} more of {sku}"));
            self.dice.instance(self.commands().adjust_stock(sku, by)).await;
        }
    }

    /// At the gateway: a part of an order's payment, or all of a payment that was made and of which nobody here need have heard.
    pub(super) async fn refund_by_hand(&self) {
        let books = self.books().await;
        if self.dice.once_in(2) {
            if let Some((order, payment)) = self.any_payment(&books) {
                self.dice.tell(|| format!("    2.00 of {}", order.number));
                self.till.give_back(self.gateway.as_ref(), &order.id, &payment, 200).await;
            }
            return;
        }
        let sessions = self.till.sessions().await.expect("the gateway is there");
        let Some(session) = self.dice.one_of(&sessions) else { return };
        self.till.calm();
        let Ok(Some((order, seen))) = self.gateway.look(session).await else { return };
        if let crate::decide::Status::Paid { payment, amount, .. } = seen.status {
            self.dice.tell(|| format!("    all of {}", payment.0));
            self.till.give_back(self.gateway.as_ref(), &order, &payment, amount).await;
        }
    }

    fn any_payment<'a>(&self, books: &'a Books) -> Option<(&'a Order, PaymentId)> {
        let of = |order: &Order| match &order.payment {
            Payment::Paid { payment, .. } => payment.clone(),
            _ => None,
        };
        let order = self.any_order(books, |order| of(order).is_some())?;
        Some((order, of(order)?))
    }

    /// A buyer disputes the payment of an order, or the bank decides.
    pub(super) async fn dispute(&self) {
        let books = self.books().await;
        let Some((order, payment)) = self.any_payment(&books) else { return };
        self.dice.tell(|| format!("    {}", order.number));
        let session = match &self.till {
            // Its disputes are about its orders.
            Till::PayPal(_) => {
                self.till.calm();
                let mut of_order = None;
                for session in self.till.sessions().await.expect("the gateway is there") {
                    if let Ok(Some((id, _))) = self.gateway.look(&session).await
                        && id == order.id
                    {
                        of_order = Some(session.0);
                    }
                }
                of_order.unwrap_or_default()
            }
            Till::Sandbox(..) | Till::Stripe(_) => String::new(),
        };
        self.till.dispute(&session, &payment, &self.dice);
    }
}
