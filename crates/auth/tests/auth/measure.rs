use crate::*;
#[actix_web::test]
async fn measure() {
    let house = house().await;
    house.verified(ADA).await;
    house.register("waiting@example.com", PASSWORD).await;
    let mut times: [Vec<f64>; 3] = Default::default();
    let mut st = [0; 3];
    for n in 0..60 {
        let new = format!("n{n}@example.com");
        for (i, e) in [ADA, &new, "waiting@example.com"].iter().enumerate() {
            let body = json!({ "email": e, "password": PASSWORD, "name": "Ada" });
            let (s, b) = (std::time::Instant::now(), house.database.statements());
            house.stranger().post("/api/v1/auth/register", body).await.accepted();
            times[i].push(s.elapsed().as_secs_f64() * 1e3);
            st[i] = house.database.statements() - b;
        }
    }
    for t in &mut times {
        t.sort_by(f64::total_cmp);
    }
    println!(
        "known/new/waiting median ms {:.2} {:.2} {:.2} p10 {:.2} {:.2} {:.2} statements {st:?}",
        times[0][30], times[1][30], times[2][30], times[0][6], times[1][6], times[2][6]
    );
}
