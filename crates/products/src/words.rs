//! The words by which a product is found, each behind a mark of its organization: a search for the
//! beginning of a word walks over the words of one organization then, not over everybody's.

use kernel::{OrganizationId, Refusal, words};

/// What is indexed of these texts: each word once.
pub fn indexed<'a>(
    organization: OrganizationId,
    texts: impl IntoIterator<Item = &'a str>,
) -> String {
    let texts: Vec<&str> = texts.into_iter().collect();
    let words = words::indexed(&texts.join("\n"));
    let marked: Vec<_> = words.into_iter().map(|word| mark(organization) + &word).collect();
    marked.join(" ")
}

/// What is looked for in the index: the words of `query`, each as the beginning of a word.
pub fn wanted(organization: OrganizationId, query: &str) -> Result<Vec<String>, Refusal> {
    let words = words::wanted(query)?;
    Ok(words.into_iter().map(|word| mark(organization) + &word).collect())
}

/// Four bytes of the id, its random end. Two organizations may share them: rows say whose they are.
fn mark(organization: OrganizationId) -> String {
    let [.., a, b, c, d] = *organization.0.as_bytes();
    format!("{:08x}", u32::from_be_bytes([a, b, c, d]))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_word_is_indexed_once_and_behind_its_organizations_mark() {
        let organization = OrganizationId(Uuid::from_u128(0xfeed_beef));
        let texts = ["A-1", "an Anvil", "anvil"];
        assert_eq!(indexed(organization, texts), "feedbeef1 feedbeefa feedbeefan feedbeefanvil");
        assert_eq!(indexed(organization, ["", "--"]), "");
        assert_eq!(wanted(organization, "An").unwrap(), ["feedbeefan"]);
    }
}
