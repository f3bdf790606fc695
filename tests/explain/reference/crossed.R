# Rscript crossed.R > crossed.json        R 4.2, glmmTMB, clubSandwich, jsonlite
# crossed.csv: 56 made-up people read 12 to 24 of 40 sentences; numpy default_rng(20240607).
suppressMessages({library(glmmTMB); library(clubSandwich); library(jsonlite)})
d <- read.csv("crossed.csv")

mixed <- function(random, family) {
  form <- as.formula(paste("errors ~ group + noise + offset(log(words)) +", random))
  m <- glmmTMB(form, data = d, family = family)
  list(coefficients = fixef(m)$cond, errors = sqrt(diag(vcov(m)$cond)),
       sd = sapply(VarCorr(m)$cond, function(v) attr(v, "stddev")),
       theta = if (family$family == "nbinom2") sigma(m) else NA,
       log_likelihood = as.numeric(logLik(m)))
}

robust <- function(rows, family) {
  m <- if (family == "poisson")
    glm(errors ~ group + noise + offset(log(words)), data = rows, family = poisson,
        control = glm.control(epsilon = 1e-14, maxit = 100))
  else lm(I(errors / words) ~ group + noise, data = rows, weights = words)
  v <- vcovCR(m, cluster = rows$speaker, type = "CR3")
  test <- coef_test(m, vcov = v, test = "Satterthwaite")
  list(coefficients = unname(coef(m)), covariance = unname(as.matrix(v)),
       dof = if ("df_Satt" %in% names(test)) test$df_Satt else test$df)
}

few <- d[d$speaker %in% c("p00", "p01", "p02", "p03", "p04", "p05", "p06", "p28", "p29", "p30",
                          "p31", "p32", "p33", "p34", "p35", "p36"), ]
cat(toJSON(list(
  versions = list(R = as.character(getRversion()),
                  glmmTMB = as.character(packageVersion("glmmTMB")),
                  clubSandwich = as.character(packageVersion("clubSandwich"))),
  nb_crossed = mixed("(1 | speaker) + (1 | sentence)", nbinom2()),
  nb_speaker = mixed("(1 | speaker)", nbinom2()),
  poisson_crossed = mixed("(1 | speaker) + (1 | sentence)", poisson()),
  cr3_poisson = robust(few, "poisson"),
  cr3_weighted_means = robust(few, "gaussian")
), digits = 12, auto_unbox = TRUE, pretty = TRUE), "\n")
