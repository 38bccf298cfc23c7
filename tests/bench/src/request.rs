//! Requests as they go over the wire.

/// Reads what is there.
pub fn get(token: &str, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n")
}

/// Sends a body there.
pub fn post(token: &str, path: &str, media_type: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: {media_type}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Sends JSON there.
pub fn post_json(token: &str, path: &str, json: &str) -> String {
    post(token, path, "application/json", json)
}
