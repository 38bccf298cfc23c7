//! A collector behind TLS, which wants a key.
#![expect(clippy::disallowed_methods, reason = "openssl makes a certificate")]

use std::{path::Path, process::Command};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use super::collector::Collector;
use crate::{process::Place, wire::Client};

/// A certificate for `localhost` that no authority has signed, and its key.
fn certificate(folder: &Path) -> bool {
    let mut openssl = Command::new("openssl");
    openssl.args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ]);
    openssl.args([
        "-days",
        "1",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
    ]);
    openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    openssl.args(["-keyout", "key.pem", "-out", "certificate.pem"]).current_dir(folder);
    openssl.output().is_ok_and(|it| it.status.success())
}

#[actix_web::test]
async fn a_collector_behind_tls_is_believed_by_its_certificate_alone() {
    let place = Place::new().await;
    let folder = place.folder.path();
    if !certificate(folder) {
        println!("LEFT OUT: openssl is not installed.");
        return;
    }
    let file = folder.join("certificate.pem");
    let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).unwrap();
    let certificates = vec![CertificateDer::from_pem_file(&file).unwrap()];
    let provider = rustls::crypto::aws_lc_rs::default_provider().into();
    let config =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.unwrap().with_no_client_auth().with_single_cert(certificates, key).unwrap();
    let collector = Collector::start_secure(config);
    let endpoint = collector.address.replace("127.0.0.1", "https://localhost");
    let variables = [
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=a%20secret, x-tenant=1"),
    ];

    let server = place.serve(&variables);
    assert_eq!(Client::stranger(&server.address).get("/livez").unwrap().status, 200);
    let (_, log, _) = server.end();
    assert!(log.contains("traces cannot be sent") && !log.contains("a secret"), "{log}");
    assert!(collector.all().is_empty(), "nobody has vouched for this collector");

    let trusted = ("OTEL_EXPORTER_OTLP_CERTIFICATE", file.to_str().unwrap());
    let server = place.serve(&[variables[0], variables[1], variables[2], trusted]);
    assert_eq!(Client::stranger(&server.address).get("/livez").unwrap().status, 200);
    collector.span("GET /livez");
    let head = collector.heads().remove(0);
    assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("x-key: a secret\r\n") && head.contains("x-tenant: 1\r\n"), "{head}");
}
