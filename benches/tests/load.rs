//! The load run, smaller: the program holds its own books to what must hold of them. Its figures are not looked at.

use std::process::Command;

#[test]
fn two_hundred_checkouts_oversell_nothing() {
    let run = Command::new(env!("CARGO_BIN_EXE_load")).arg("200").output().expect("the program starts");
    let (said, complained) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}{complained}");
    let row = |weather: &str, hot: &str| {
        let rows: Vec<&str> = said.lines().filter(|line| line.contains(weather) && line.contains(hot)).collect();
        assert_eq!(rows.len(), 1, "{weather}, {hot}: {said}");
        let cells =
            rows[0].trim_end_matches('|').split('|').skip(3).map(|cell| cell.trim().parse().expect("a figure")).collect::<Vec<f64>>();
        assert_eq!(cells.len(), 11, "{said}");
        cells
    };
    for hot in ["whole", "10 parts"] {
        let calm = row("one by one", hot);
        assert_eq!((calm[6], calm[7]), (0.0, 0.0), "nothing collides, and nothing is injected: {said}");
        assert!(row("collisions  ", hot)[6] > 0.0, "transactions collide: {said}");
        assert!(row("+ 5 %", hot)[7] > 0.0, "troubles are injected: {said}");
    }
}

#[test]
fn a_number_that_is_none_is_refused() {
    let run = Command::new(env!("CARGO_BIN_EXE_load")).arg("many").output().expect("the program starts");
    assert_eq!(run.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&run.stderr).contains("say how many checkouts there are to be"));
}
