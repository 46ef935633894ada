//! Settings that are secret: a JSON object in Secrets Manager, setting to value.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::error::DisplayErrorContext;

/// Reads a secret. The error never repeats it.
pub(super) async fn read(cloud: &SdkConfig, name: &str) -> Result<BTreeMap<String, String>, String> {
    let client = aws_sdk_secretsmanager::Client::new(cloud);
    let answer = client.get_secret_value().secret_id(name).send().await;
    let answer = answer.map_err(|error| format!("`SHOPFRONT_SECRET`: cannot read the secret {name}: {}", DisplayErrorContext(&error)))?;
    let text = answer.secret_string().unwrap_or_default();
    serde_json::from_str(text).map_err(|_| {
        let how = "write {\"STRIPE_SECRET_KEY\": \"sk_live_…\", …}, all values as text";
        format!("`SHOPFRONT_SECRET`: the secret {name} is no JSON object of settings; {how}")
    })
}
